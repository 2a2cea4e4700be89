using Exchange.Store;
using Xunit;
using static Exchange.Testing.Stores.Sample;

namespace Exchange.Testing.Stores;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task A_record_comes_back_as_it_was_put()
    {
        var put = Put(1, "内容", In("5306/镇雄县"), Unique("source/17")).Expecting(default, revision: 3);

        var result = await Store.PutAsync(put);

        var record = await Store.GetAsync(Key(1), default);
        Assert.NotNull(record);
        Assert.Equal((Key(1), "内容", "envelope"), (record.Key, Text(record.Payload), Text(record.Envelope)));
        Assert.Equal(put.Keys, record.Keys);
        Assert.Equal((3u, false), (record.Revision, record.IsTombstone));
        Assert.Equal((Node, Time.GetUtcNow()), (record.Version.Node, record.Version.Time));
        Assert.Equal((result.Puts[0].Version, result.Puts[0].Position), (record.Version, record.Position));
        Assert.Equal((true, null, false), (result.Puts[0].Applied, result.Puts[0].Previous, result.IsRepeat));
    }

    [Fact]
    public async Task A_commit_with_one_bad_put_stores_nothing()
    {
        await Store.PutAsync(Put(2, "first"));

        var error = await Assert.ThrowsAsync<VersionConflictException>(() => Store.CommitAsync(
            new Commit
            {
                Puts = [Put(1), Put(2, "second").Expecting(Expectation.Absent)],
                Entries = [Write("cursors", "a", "1")],
                Request = Request("r1"),
            },
            default));

        Assert.Equal((Key(2), null), (error.Key, error.Expected));
        Assert.Null(await Store.GetAsync(Key(1), default));
        Assert.Equal("first", await Store.PayloadAsync(2));
        Assert.Null(await Store.EntryAsync("cursors", "a"));
        Assert.Single(await Store.FeedAsync());
        Assert.False((await Store.CommitAsync(new Commit { Request = Request("r1", 9) }, default)).IsRepeat);
    }

    [Fact]
    public async Task Absent_refuses_a_live_record_and_accepts_a_tombstone()
    {
        await Store.PutAsync(Put(1));
        var first = (await Store.GetAsync(Key(1), default))!.Version;

        var error = await Assert.ThrowsAsync<VersionConflictException>(
            () => Store.PutAsync(Put(1, "again").Expecting(Expectation.Absent)));
        await Store.PutAsync(Tombstone(1));
        await Store.PutAsync(Put(1, "again").Expecting(Expectation.Absent));

        Assert.Equal(first, error.Actual);
        Assert.Equal("again", await Store.PayloadAsync(1));
    }

    [Fact]
    public async Task At_accepts_exactly_the_stored_version()
    {
        var first = (await Store.PutAsync(Put(1, "a"))).Puts[0].Version;
        var second = (await Store.PutAsync(Put(1, "b").Expecting(Expectation.At(first)))).Puts[0].Version;

        var stale = await Assert.ThrowsAsync<VersionConflictException>(
            () => Store.PutAsync(Put(1, "c").Expecting(Expectation.At(first))));
        var missing = await Assert.ThrowsAsync<VersionConflictException>(
            () => Store.PutAsync(Put(2, "c").Expecting(Expectation.At(first))));

        Assert.Equal((Key(1), first, second), (stale.Key, stale.Expected, stale.Actual));
        Assert.Null(missing.Actual);
        Assert.Equal("b", await Store.PayloadAsync(1));
    }

    [Theory]
    [InlineData(99, 0, false)]
    [InlineData(100, 1, false)]
    [InlineData(100, 2, false)]
    [InlineData(100, 3, true)]
    [InlineData(101, 0, true)]
    public async Task Newer_compares_version_then_revision(ulong clock, uint revision, bool applied)
    {
        var stored = new RecordVersion(100, "node-b");
        await Store.PutAsync(Put(1, "old").Expecting(Expectation.Newer, stored, 2));

        var result = await Store.PutAsync(
            Put(1, "new").Expecting(Expectation.Newer, new RecordVersion(clock, "node-b"), revision));

        var record = await Store.GetAsync(Key(1), default);
        Assert.Equal(applied, result.Puts[0].Applied);
        Assert.Equal(applied ? "new" : "old", Text(record!.Payload));
        Assert.Equal((record.Version, record.Position), (result.Puts[0].Version, result.Puts[0].Position));
        Assert.Equal(applied ? 2 : 1, result.Position.Value);
    }

    [Fact]
    public async Task Newer_breaks_a_tie_of_clocks_by_node()
    {
        await Store.PutAsync(Put(1, "b").Expecting(Expectation.Newer, new RecordVersion(100, "node-b")));
        await Store.PutAsync(Put(1, "a").Expecting(Expectation.Newer, new RecordVersion(100, "node-a")));
        await Store.PutAsync(Put(1, "c").Expecting(Expectation.Newer, new RecordVersion(100, "node-c")));

        Assert.Equal("c", await Store.PayloadAsync(1));
    }

    [Fact]
    public async Task An_outcome_tells_what_was_replaced()
    {
        await Store.PutAsync(Put(1, "old", In("5306")));

        var outcome = (await Store.PutAsync(Put(1, "new", In("4419")))).Puts[0];

        Assert.Equal(("old", 1), (Text(outcome.Previous!.Payload), outcome.Previous.Position.Value));
        Assert.Equal([In("5306")], outcome.Previous.Keys);
    }

    [Fact]
    public async Task An_outcome_of_a_put_that_was_skipped_tells_what_stood_there()
    {
        await Store.PutAsync(Put(1, "new").Expecting(Expectation.Newer, new RecordVersion(200, "node-a")));

        var outcome = (await Store.PutAsync(
            Put(1, "old").Expecting(Expectation.Newer, new RecordVersion(100, "node-a")))).Puts[0];

        Assert.Equal((false, "new"), (outcome.Applied, Text(outcome.Previous!.Payload)));
    }

    [Fact]
    public async Task A_record_remembers_the_keys_that_it_replaced()
    {
        await Store.PutAsync(Put(1, "a", In("5306"), Unique("x")));
        await Store.PutAsync(Put(1, "b", In("4419")));
        var updated = await Store.GetAsync(Key(1), default);
        await Store.PutAsync(Tombstone(1));
        var deleted = await Store.GetAsync(Key(1), default);

        Assert.Equal([In("5306"), Unique("x")], updated!.PreviousKeys);
        Assert.True(deleted!.IsTombstone);
        Assert.Equal([In("4419")], deleted.PreviousKeys);
        Assert.Empty(deleted.Keys);
    }

    [Fact]
    public async Task A_kind_that_nobody_declared_is_stored_like_any_other()
    {
        var key = new RecordKey("kind_of_tomorrow", Id(1));

        await Store.PutAsync(new RecordPut { Key = key, Payload = Bytes("?"), Keys = [new IndexKey("新", "值")] });

        Assert.Equal("?", Text((await Store.GetAsync(key, default))!.Payload));
        Assert.Equal([Id(1)], await Store.QueryIdsAsync(new(key.Kind) { Index = "新", Value = "值" }));
        Assert.Null(await Store.GetAsync(Key(1), default));
    }

    [Fact]
    public async Task A_payload_of_a_mebibyte_comes_back_whole()
    {
        var payload = new byte[1 << 20];
        new Random(7).NextBytes(payload);

        await Store.PutAsync(new RecordPut { Key = Key(1), Payload = payload });

        Assert.True((await Store.GetAsync(Key(1), default))!.Payload.Span.SequenceEqual(payload));
        Assert.True((await Store.FeedAsync())[0].Payload.Span.SequenceEqual(payload));
    }

    [Fact]
    public async Task The_callers_buffers_are_free_again_after_the_commit()
    {
        var (payload, value) = (new byte[] { 1 }, new byte[] { 1 });
        await Store.CommitAsync(
            new Commit
            {
                Puts = [new RecordPut { Key = Key(1), Payload = payload }],
                Entries = [new EntryWrite("c", Bytes("k"), value)],
            },
            default);

        (payload[0], value[0]) = (9, 9);

        Assert.Equal([1], (await Store.GetAsync(Key(1), default))!.Payload.ToArray());
        Assert.Equal("\u0001", await Store.EntryAsync("c", "k"));
    }

    [Fact]
    public async Task Get_many_answers_in_the_order_of_the_keys()
    {
        await Store.PutAsync(Put(1, "a"), Put(2, "b"), Tombstone(3));

        var found = await Store.GetManyAsync([Key(2), Key(9), Key(3), Key(1), Key(1, "other")], default);

        Assert.Equal(["b", null, "", "a", null], found.Select(record => record is null ? null : Text(record.Payload)));
        Assert.True(found[2]!.IsTombstone);
    }

    [Fact]
    public async Task A_request_outside_the_limits_is_refused_before_it_is_stored()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Store.PutAsync(Put(1), Put(1)));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.PutAsync(Put(1, "x", In(new string('x', 513)))));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.WriteAsync(Write("$state", "k", "v")));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.WriteAsync(Write("c", "", "v")));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.ReadFeedAsync(default, 0, default));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.QueryAsync(new(Kind) { Limit = 10_001 }, default));

        Assert.Empty(await Store.FeedAsync());
    }

    [Fact]
    public async Task A_cancelled_token_stops_a_commit_before_it_begins()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Store.CommitAsync(new Commit { Puts = [Put(1)] }, new CancellationToken(canceled: true)));

        Assert.Null(await Store.GetAsync(Key(1), default));
    }
}
