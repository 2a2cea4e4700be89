using Exchange.Store;
using Xunit;
using static Exchange.Testing.Stores.Sample;

namespace Exchange.Testing.Stores;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task A_replaced_payload_changes_nothing_else_of_its_record()
    {
        await Store.PutAsync(Put(1, "first", In("530627")), Put(2, "other"));
        await Store.PutAsync(Put(1, "sealed", In("530628"), Unique("one")));
        var before = (await Store.GetAsync(Key(1), default))!;
        var head = (await Store.GetStatusAsync(default)).Head;

        await ReplaceAsync(Key(1), "sealed", "sealed anew");

        var after = (await Store.GetAsync(Key(1), default))!;
        Assert.Equal(Bytes("sealed anew"), after.Payload.ToArray());
        Assert.Equal(
            (before.Version, before.Revision, before.Position, before.IsTombstone),
            (after.Version, after.Revision, after.Position, after.IsTombstone));
        Assert.Equal(before.Envelope.ToArray(), after.Envelope.ToArray());
        Assert.Equal(before.Keys, after.Keys);
        Assert.Equal([In("530627")], after.PreviousKeys);
        Assert.Equal(head, (await Store.GetStatusAsync(default)).Head);
        Assert.Equal([Key(2), Key(1)], (await Store.FeedAsync()).Select(record => record.Key));
        Assert.Equal(Bytes("sealed anew"), (await Store.FeedAsync())[1].Payload.ToArray());
        Assert.Equal(2, (await Store.GetStatusAsync(default)).Kinds[Kind].Live);
    }

    [Fact]
    public async Task A_payload_that_isnt_the_one_expected_stays()
    {
        await Store.PutAsync(Put(1, "newer"));

        await ReplaceAsync(Key(1), "older", "sealed anew");
        await ReplaceAsync(Key(2), "older", "sealed anew");

        Assert.Equal(Bytes("newer"), (await Store.GetAsync(Key(1), default))!.Payload.ToArray());
        Assert.Null(await Store.GetAsync(Key(2), default));
    }

    [Fact]
    public async Task A_replaced_payload_is_there_after_the_store_is_opened_again()
    {
        await Store.PutAsync(Put(1, "sealed", In("530627")));
        await ReplaceAsync(Key(1), "sealed", "sealed anew");

        await ReopenAsync();

        Assert.Equal(Bytes("sealed anew"), (await Store.GetAsync(Key(1), default))!.Payload.ToArray());
        var found = await Store.QueryAsync(new RecordQuery(Kind) { Index = "division", Value = "530627" }, default);
        Assert.Equal(Bytes("sealed anew"), Assert.Single(found.Records).Payload.ToArray());
    }

    [Fact]
    public async Task A_record_is_either_put_or_has_its_payload_replaced()
    {
        await Store.PutAsync(Put(1, "sealed"));
        var commit = new Commit
        {
            Puts = [Put(1, "newer")],
            Replacements = [new PayloadReplacement(Key(1), Bytes("sealed"), Bytes("sealed anew"))],
        };

        await Assert.ThrowsAsync<ArgumentException>(() => Store.CommitAsync(commit, default));

        Assert.Equal(Bytes("sealed"), (await Store.GetAsync(Key(1), default))!.Payload.ToArray());
    }

    private Task<CommitResult> ReplaceAsync(RecordKey key, string was, string payload) => Store.CommitAsync(
        new Commit { Replacements = [new PayloadReplacement(key, Bytes(was), Bytes(payload))] }, default);
}
