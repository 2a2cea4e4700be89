using Exchange.Store;
using Xunit;
using static Exchange.Testing.Stores.Sample;

namespace Exchange.Testing.Stores;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task The_feed_holds_a_record_once_at_its_newest_place()
    {
        await Store.PutAsync(Put(1, "a"), Put(2, "b"), Put(3, "c"));
        await Store.PutAsync(Put(1, "a2"));
        await Store.PutAsync(Tombstone(2));

        var feed = await Store.FeedAsync(limit: 2);

        Assert.Equal([Key(3), Key(1), Key(2)], feed.Select(record => record.Key));
        Assert.Equal(["c", "a2", ""], feed.Select(record => Text(record.Payload)));
        Assert.Equal([3, 4, 5], feed.Select(record => record.Position.Value));
    }

    [Fact]
    public async Task A_feed_page_says_where_to_go_on_and_whether_it_is_at_the_head()
    {
        await Store.PutAsync(Put(1), Put(2), Put(3));

        var first = await Store.ReadFeedAsync(FeedPosition.Start, 2, default);
        var exact = await Store.ReadFeedAsync(first.Next, 1, default);
        var empty = await Store.ReadFeedAsync(exact.Next, 1, default);

        Assert.Equal((2, false), (first.Next.Value, first.AtHead));
        Assert.Equal((3, true), (exact.Next.Value, exact.AtHead));
        Assert.Equal((3, true, 0), (empty.Next.Value, empty.AtHead, empty.Records.Count));
    }

    [Fact]
    public async Task A_page_of_large_records_ends_early()
    {
        for (var i = 0; i < 12; i++)
        {
            await Store.PutAsync(new RecordPut { Key = Key(i), Payload = new byte[1 << 20], Keys = [In("x")] });
        }

        var page = await Store.ReadFeedAsync(FeedPosition.Start, 100, default);
        var query = await Store.QueryAsync(new(Kind) { Index = "division", Value = "x" }, default);

        Assert.InRange(page.Records.Count, 1, 9);
        Assert.False(page.AtHead);
        Assert.InRange(query.Records.Count, 1, 9);
        Assert.Equal(12, (await Store.FeedAsync()).Count);
        Assert.Equal(12, (await Store.QueryIdsAsync(new(Kind))).Count);
    }

    [Fact]
    public async Task Nobody_sees_a_position_before_the_one_in_front_of_it()
    {
        const int writers = 16, commits = 40;
        using var done = new CancellationTokenSource();
        var reading = Task.Run(() => ReadUntilAsync(writers * commits * 2));

        await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < commits; i++)
            {
                var first = ((writer * commits) + i) * 2;
                await Store.PutAsync(Put(first), Put(first + 1));
            }
        })));

        var seen = await reading;
        Assert.Equal(Enumerable.Range(1, writers * commits * 2).Select(i => (long)i), seen);
    }

    // Reads as a live reader does: wait, read to the head, again. Records are written once, so no position may be
    // missing.
    private async Task<List<long>> ReadUntilAsync(int count)
    {
        var seen = new List<long>();
        var after = FeedPosition.Start;
        while (seen.Count < count)
        {
            await Store.WaitForCommitAsync(after, default);
            var page = await Store.ReadFeedAsync(after, 7, default);
            seen.AddRange(page.Records.Select(record => record.Position.Value));
            after = page.Next;
        }

        return seen;
    }

    [Fact]
    public async Task A_commit_is_seen_whole_or_not_at_all()
    {
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < 100; i++)
            {
                await Store.PutAsync(Put(1, $"{i}"), Put(2, $"{i}"));
            }
        });

        do
        {
            var both = await Store.GetManyAsync([Key(1), Key(2)], default);
            Assert.Equal(Payload(both[0]), Payload(both[1]));
        }
        while (!writing.IsCompleted);

        await writing;

        static string? Payload(StoredRecord? record) => record is null ? null : Text(record.Payload);
    }

    [Fact]
    public async Task A_wait_completes_for_a_commit_made_before_and_for_one_made_during_the_wait()
    {
        await Store.PutAsync(Put(1));
        await Store.WaitForCommitAsync(FeedPosition.Start, default);
        var head = (await Store.GetStatusAsync(default)).Head;

        var waiting = Store.WaitForCommitAsync(head, default);
        Assert.False(waiting.IsCompleted);
        await Store.PutAsync(Put(2));

        await waiting.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Entries_alone_do_not_move_the_feed()
    {
        await Store.PutAsync(Put(1));

        var result = await Store.WriteAsync(Write("cursors", "a", "1"));

        Assert.Equal(1, result.Position.Value);
        Assert.Equal(1, (await Store.GetStatusAsync(default)).Head.Value);
    }

    [Fact]
    public async Task A_wait_can_be_cancelled()
    {
        using var cancel = new CancellationTokenSource();
        var waiting = Store.WaitForCommitAsync(FeedPosition.Start, cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task Closing_the_store_ends_waits_and_settles_every_commit()
    {
        var waiting = Store.WaitForCommitAsync(new FeedPosition(1_000_000), default);
        var commits = Enumerable.Range(0, 200).Select(i => Task.Run(() => Store.PutAsync(Put(i)))).ToList();

        await Store.DisposeAsync();
        var settled = Task.WhenAll(commits.Select(commit => commit.ContinueWith(_ => { }, TaskScheduler.Default)));
        await settled.WaitAsync(TimeSpan.FromSeconds(30));

        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Store.PutAsync(Put(1_000)));
        Assert.All(
            commits.Where(commit => commit.IsFaulted),
            commit => Assert.IsType<ObjectDisposedException>(commit.Exception!.InnerException));
        await ReopenAsync();
        Assert.Equal(commits.Count(commit => commit.IsCompletedSuccessfully), (await Store.FeedAsync()).Count);
    }
}
