using System.Text;
using Exchange.Testing;
using Exchange.Testing.Stores;
using Xunit;
using static Exchange.Testing.Stores.Sample;

namespace Exchange.Store.Tests;

/// <summary>The suite over SQLite, in a directory of each test's own.</summary>
public sealed class SqliteStoreTests : StoreConformance, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(20)]
    [InlineData(20_000)]
    public async Task Scrubbing_leaves_nothing_of_what_was_deleted_in_the_files(int length)
    {
        var canary = new string('z', length - 6) + "canary";
        await Store.PutAsync(Put(1, canary), Put(2));
        await Store.CommitAsync(new Commit { Entries = [Write("undo", "a", canary)] }, default);
        Assert.True(IsInFiles("canary"));

        await Store.PutAsync(Tombstone(1));
        await Store.CommitAsync(new Commit { Entries = [Write("undo", "a", null)] }, default);
        Assert.True(IsInFiles("canary"), "The log still holds it.");
        await Store.ScrubAsync(default);

        Assert.False(IsInFiles("canary"));
    }

    private bool IsInFiles(string text) =>
        Directory.EnumerateFiles(_directory.Path, "store.sqlite*").Any(path =>
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var copy = new MemoryStream();
            file.CopyTo(copy);
            return copy.ToArray().AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;
        });

    protected override Task<IRecordStore> OpenAsync(string node, TimeProvider time) =>
        RecordStores.OpenAsync(new StoreOptions(_directory.Path, node, "sqlite"), time, CancellationToken.None);
}
