using Exchange.Store;
using Xunit;
using static Exchange.Testing.Stores.Sample;

namespace Exchange.Testing.Stores;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task A_repeated_request_gets_the_first_answer_and_writes_nothing()
    {
        await Store.PutAsync(Put(1, "old").Expecting(Expectation.Newer, new RecordVersion(5_000, "node-b")));
        var commit = new Commit
        {
            Puts =
            [
                Put(1, "older").Expecting(Expectation.Newer, new RecordVersion(4_000, "node-b")),
                Put(2, "new").Expecting(Expectation.Absent),
                Put(3, "copy").Expecting(Expectation.Newer, new RecordVersion(7_000, "node-c")),
            ],
            Request = Request("r1"),
        };

        var first = await Store.CommitAsync(commit, default);
        await Store.PutAsync(Put(2, "changed since"));
        var again = await Store.CommitAsync(commit, default);

        Assert.False(first.IsRepeat);
        Assert.True(again.IsRepeat);
        Assert.Equal(first.Puts.Select(put => put with { Previous = null }), again.Puts);
        Assert.Equal(first.Position, again.Position);
        Assert.Equal("changed since", await Store.PayloadAsync(2));
    }

    [Fact]
    public async Task A_request_is_remembered_over_a_restart()
    {
        var commit = new Commit { Puts = [Put(1)], Request = Request("r1") };
        var first = await Store.CommitAsync(commit, default);

        await ReopenAsync();
        var again = await Store.CommitAsync(commit, default);

        Assert.True(again.IsRepeat);
        Assert.Equal(first.Puts, again.Puts);
    }

    [Fact]
    public async Task A_request_id_used_for_other_bytes_is_refused()
    {
        await Store.CommitAsync(new Commit { Puts = [Put(1)], Request = Request("r1", 1) }, default);

        var error = await Assert.ThrowsAsync<RequestIdReusedException>(
            () => Store.CommitAsync(new Commit { Puts = [Put(2)], Request = Request("r1", 2) }, default));

        Assert.Equal("r1", error.RequestId);
        Assert.Null(await Store.GetAsync(Key(2), default));
    }

    [Fact]
    public async Task A_request_is_forgotten_after_35_days()
    {
        await Store.CommitAsync(new Commit { Puts = [Put(1, "a")], Request = Request("r1") }, default);

        Time.Advance(TimeSpan.FromDays(35) - TimeSpan.FromMilliseconds(1));
        var known = await Store.CommitAsync(new Commit { Puts = [Put(1, "b")], Request = Request("r1") }, default);
        Time.Advance(TimeSpan.FromMilliseconds(1));
        var forgotten = await Store.CommitAsync(new Commit { Puts = [Put(1, "c")], Request = Request("r1") }, default);

        Assert.Equal((true, false), (known.IsRepeat, forgotten.IsRepeat));
        Assert.Equal("c", await Store.PayloadAsync(1));
    }

    [Fact]
    public async Task A_purge_forgets_expired_requests_and_keeps_one_that_was_used_again()
    {
        await Store.CommitAsync(new Commit { Request = Request("old") }, default);
        await Store.CommitAsync(new Commit { Request = Request("again") }, default);
        Time.Advance(TimeSpan.FromDays(36));
        await Store.CommitAsync(new Commit { Request = Request("again", 2) }, default);

        await Store.PurgeAsync(FeedPosition.Start, Time.GetUtcNow(), default);

        Assert.True((await Store.CommitAsync(new Commit { Request = Request("again", 2) }, default)).IsRepeat);
        Time.SetUtcNow(Time.GetUtcNow() - TimeSpan.FromDays(36));
        Assert.False((await Store.CommitAsync(new Commit { Request = Request("old") }, default)).IsRepeat);
    }

    [Fact]
    public async Task Concurrent_repeats_of_a_request_are_stored_once()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(
            () => Store.CommitAsync(new Commit { Puts = [Put(1)], Request = Request("r1") }, default))));

        Assert.Single(results, result => !result.IsRepeat);
        Assert.Single(results.Select(result => result.Puts[0].Version).Distinct());
        Assert.Equal(1, (await Store.GetStatusAsync(default)).Head.Value);
    }

    [Fact]
    public async Task An_answer_lost_after_the_commit_is_given_to_the_repeat()
    {
        await using var faulty = new FaultyStore(Store) { Next = Fault.AfterCommit };
        var commit = new Commit { Puts = [Put(1).Expecting(Expectation.Absent)], Request = Request("r1") };

        await Assert.ThrowsAsync<StoreUnavailableException>(() => faulty.CommitAsync(commit, default));
        var again = await faulty.CommitAsync(commit, default);

        Assert.True(again.IsRepeat);
        Assert.Single(await Store.FeedAsync());
    }

    [Fact]
    public async Task A_commit_lost_before_it_was_stored_is_stored_by_the_repeat()
    {
        await using var faulty = new FaultyStore(Store) { Next = Fault.BeforeCommit };
        var commit = new Commit { Puts = [Put(1).Expecting(Expectation.Absent)], Request = Request("r1") };

        await Assert.ThrowsAsync<StoreUnavailableException>(() => faulty.CommitAsync(commit, default));
        var again = await faulty.CommitAsync(commit, default);

        Assert.False(again.IsRepeat);
        Assert.Single(await Store.FeedAsync());
    }
}
