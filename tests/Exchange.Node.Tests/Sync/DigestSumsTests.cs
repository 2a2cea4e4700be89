using Exchange.Node.Sync;
using Exchange.Store;
using Xunit;

namespace Exchange.Node.Tests.Sync;

public sealed class DigestSumsTests
{
    private const string Collection = "digest";

    [Fact]
    public void Adding_and_subtracting_in_any_order_leaves_the_digest_of_what_remains()
    {
        var sums = new DigestSums();
        sums.Add(7, UInt128.MaxValue);
        sums.Add(7, 5);
        sums.Add(4095, 1);
        sums.Subtract(7, UInt128.MaxValue);
        sums.Subtract(4095, 1);

        var expected = new DigestSums();
        expected.Add(7, 5);

        Assert.Equal(expected.ToDigest(withBuckets: true), sums.ToDigest(withBuckets: true));
    }

    [Fact]
    public void A_copy_changes_alone()
    {
        var sums = new DigestSums();
        sums.Add(1, 1);
        var before = sums.ToDigest(withBuckets: true);

        sums.Copy().Add(1, 1);

        Assert.Equal(before, sums.ToDigest(withBuckets: true));
    }

    [Fact]
    public async Task What_was_written_is_loaded_again_and_only_changed_parts_are_written()
    {
        await using var store = await RecordStores.OpenAsync(
            new StoreOptions("", "zhaotong", "memory"), TimeProvider.System, default);
        var sums = new DigestSums();
        sums.Add(0, 1);
        sums.Add(4095, 2);
        Assert.Equal(2, await WriteAsync(store, sums));

        var next = sums.Copy();
        next.Add(63, 3);
        Assert.Equal(1, await WriteAsync(store, next));

        var loaded = await DigestSums.LoadAsync(store, Collection, default);
        Assert.Equal(next.ToDigest(withBuckets: true), loaded.ToDigest(withBuckets: true));
    }

    private static async Task<int> WriteAsync(IRecordStore store, DigestSums sums)
    {
        var entries = new List<EntryWrite>();
        sums.WriteChanges(Collection, entries);
        await store.CommitAsync(new Commit { Entries = entries }, default);
        return entries.Count;
    }
}
