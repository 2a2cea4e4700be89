using Exchange.Store;
using Xunit;
using static Exchange.Testing.Stores.Sample;

namespace Exchange.Testing.Stores;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task A_purge_drops_old_acknowledged_tombstones_and_raises_the_floor()
    {
        await Store.PutAsync(Put(1), Put(2), Put(3), Put(4));
        await Store.PutAsync(Tombstone(1), Tombstone(2));
        Time.Advance(TimeSpan.FromDays(1));
        await Store.PutAsync(Tombstone(3));

        var tooYoung = await Store.PurgeAsync(new FeedPosition(7), Time.GetUtcNow() - TimeSpan.FromDays(1), default);
        var notAcknowledged = await Store.PurgeAsync(new FeedPosition(4), Time.GetUtcNow(), default);
        var dropped = await Store.PurgeAsync(new FeedPosition(7), Time.GetUtcNow(), default);

        Assert.Equal((0, 0, 2), (tooYoung, notAcknowledged, dropped));
        Assert.Equal([Key(4), Key(3)], (await Store.FeedAsync()).Select(record => record.Key));
        Assert.Null(await Store.GetAsync(Key(1), default));
        Assert.Equal(6, (await Store.GetStatusAsync(default)).Floor.Value);
    }

    [Fact]
    public async Task A_put_that_forgets_leaves_no_keys_of_what_it_replaced()
    {
        await Store.PutAsync(Put(1, "payload", In("530627")), Put(2, "payload", In("530627")));

        await Store.PutAsync(new RecordPut { Key = Key(1), IsTombstone = true, ForgetsPrevious = true }, Tombstone(2));
        await Store.ScrubAsync(default);

        var feed = await Store.FeedAsync();
        Assert.Empty(feed[0].PreviousKeys);
        Assert.Equal([In("530627")], feed[1].PreviousKeys);
    }

    [Fact]
    public async Task A_reader_before_the_floor_is_sent_back_and_one_at_the_start_or_the_floor_is_not()
    {
        await Store.PutAsync(Put(1), Put(2));
        await Store.PutAsync(Tombstone(1));
        await Store.PutAsync(Put(3));
        await Store.PurgeAsync(new FeedPosition(4), Time.GetUtcNow() + TimeSpan.FromDays(1), default);

        var error = await Assert.ThrowsAsync<FeedTrimmedException>(
            () => Store.ReadFeedAsync(new FeedPosition(2), 10, default));

        Assert.Equal((2, 3), (error.After.Value, error.Floor.Value));
        Assert.Equal([Key(2), Key(3)], (await Store.FeedAsync()).Select(record => record.Key));
        Assert.Equal([Key(3)], (await Store.FeedAsync(new FeedPosition(3))).Select(record => record.Key));
    }

    [Fact]
    public async Task A_reader_that_begins_at_the_start_reads_on_below_the_floor()
    {
        await Store.PutAsync([.. Enumerable.Range(1, 5).Select(i => Put(i))]);
        await Store.PutAsync(Tombstone(5));
        await Store.PurgeAsync(new FeedPosition(6), Time.GetUtcNow() + TimeSpan.FromDays(1), default);

        var feed = await Store.FeedAsync(limit: 1);

        Assert.Equal([Key(1), Key(2), Key(3), Key(4)], feed.Select(record => record.Key));
    }

    [Fact]
    public async Task A_reader_that_began_before_a_purge_is_sent_back()
    {
        await Store.PutAsync([.. Enumerable.Range(1, 5).Select(i => Put(i))]);
        var begun = (await Store.ReadFeedAsync(FeedPosition.Start, 2, default)).Next;
        await Store.PutAsync(Tombstone(1));

        await Store.PurgeAsync(new FeedPosition(6), Time.GetUtcNow() + TimeSpan.FromDays(1), default);

        await Assert.ThrowsAsync<FeedTrimmedException>(() => Store.ReadFeedAsync(begun, 10, default));
    }

    [Fact]
    public async Task A_purge_of_more_than_one_step_drops_all()
    {
        await Store.PutAsync([.. Enumerable.Range(1, 1_300).Select(Tombstone)]);

        var dropped = await Store.PurgeAsync(new FeedPosition(1_200), Time.GetUtcNow() + TimeSpan.FromDays(1), default);

        Assert.Equal(1_200, dropped);
        Assert.Equal(100, (await Store.FeedAsync()).Count);
        Assert.Equal(new KindCount(0, 100), (await Store.GetStatusAsync(default)).Kinds[Kind]);
    }

    [Fact]
    public async Task Positions_are_never_given_out_twice_even_if_the_newest_record_is_purged()
    {
        await Store.PutAsync(Put(1));
        await Store.PutAsync(Tombstone(1));
        await Store.PurgeAsync(new FeedPosition(2), Time.GetUtcNow() + TimeSpan.FromDays(1), default);
        await ReopenAsync();

        var result = await Store.PutAsync(Put(2));

        Assert.Equal(3, result.Position.Value);
        Assert.Equal(3, (await Store.ReadFeedAsync(new FeedPosition(2), 10, default)).Next.Value);
    }

    [Fact]
    public async Task A_new_epoch_is_kept_and_changes_nothing_else()
    {
        await Store.PutAsync(Put(1));
        var first = Store.Epoch;

        var second = await Store.BeginEpochAsync(default);
        await ReopenAsync();

        Assert.NotEqual(first, second);
        Assert.Equal((second, second), (Store.Epoch, (await Store.GetStatusAsync(default)).Epoch));
        Assert.Single(await Store.FeedAsync());
    }

    [Fact]
    public async Task A_restored_store_remembers_what_its_clock_had_read_at_the_first_restore()
    {
        await Store.PutAsync(Put(1));
        var newest = (await Store.FeedAsync())[^1].Version.Clock;
        Assert.Null((await Store.GetStatusAsync(default)).Restored);

        await Store.BeginEpochAsync(default);
        await Store.PutAsync(Put(2));
        await Store.BeginEpochAsync(default);
        await ReopenAsync();

        Assert.Equal(newest, (await Store.GetStatusAsync(default)).Restored!.Clock);
    }

    [Fact]
    public async Task A_clock_that_begins_anew_is_a_new_epoch_and_no_restore()
    {
        Store.Observe((ulong)Time.GetUtcNow().AddDays(9).ToUnixTimeMilliseconds() << 16);
        var first = Store.Epoch;

        var second = await Store.RestartClockAsync(default);
        await Store.PutAsync(Put(1));
        await ReopenAsync();
        await Store.PutAsync(Put(2));

        Assert.NotEqual(first, second);
        Assert.Null((await Store.GetStatusAsync(default)).Restored);
        Assert.All(await Store.FeedAsync(), record => Assert.True(record.Version.Time <= Time.GetUtcNow()));
    }

    [Fact]
    public async Task The_epoch_survives_a_restart()
    {
        var epoch = Store.Epoch;

        await ReopenAsync();

        Assert.Equal(epoch, Store.Epoch);
    }

    [Fact]
    public async Task Counters_follow_puts_deletes_skips_and_refusals_and_survive_a_restart()
    {
        await Store.PutAsync(Put(1), Put(2), Put(3), new RecordPut { Key = Key(1, "vacancy") });
        await Store.PutAsync(Put(1), Tombstone(2), Tombstone(9));
        await Store.PutAsync(Put(3).Expecting(Expectation.Newer, new RecordVersion(1, "node-b")));
        await Assert.ThrowsAsync<VersionConflictException>(
            () => Store.PutAsync(Put(7), Put(1).Expecting(Expectation.Absent)));

        await AssertCountersAsync();
        await ReopenAsync();
        await AssertCountersAsync();
    }

    private async Task AssertCountersAsync()
    {
        var status = await Store.GetStatusAsync(default);
        Assert.Equal(new KindCount(2, 2), status.Kinds[Kind]);
        Assert.Equal(new KindCount(1, 0), status.Kinds["vacancy"]);
        Assert.Equal((7, 0), (status.Head.Value, status.Floor.Value));
    }
}
