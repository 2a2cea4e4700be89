using Exchange.Node.Health;
using Exchange.Node.Hosting;
using Exchange.Node.Watching;
using Exchange.Store;
using Exchange.Testing;
using Exchange.Testing.Stores;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Exchange.Node.Tests.Sync.HardCases;

/// <summary>
/// Hard case 7: a progress mark never outruns what was delivered, also when nothing matches.
///
/// Guards: a bookmark carries the position up to which this watch itself has read (<c>FeedWatcher.WatchAsync</c>), not
/// the store's head: with the head, the first two tests lose a record. A page of sync ends at what it looked at
/// (<c>SyncSource.ReadFeedAsync</c> goes back to the first candidate that had no room): without that the last test loses
/// records.
/// </summary>
public sealed class Case07_BookmarksAndCursors : FlowTests
{
    [Fact]
    public async Task A_bookmark_given_before_an_event_could_be_read_doesnt_cover_it()
    {
        await using var bench = await Bench.StartAsync();
        await using var steps = bench.Watch();
        Assert.Equal(WatchStepKind.SnapshotEnd, (await NextAsync(steps)).Kind);

        // The record is committed, and no reader has come to it yet.
        var open = new TaskCompletionSource();
        bench.Store.Readable = open.Task;
        var key = await bench.WriteAsync();
        var bookmark = await bench.SilenceAsync(steps);
        open.SetResult();

        await using var resumed = bench.Watch(bookmark);
        Assert.Equal(key, (await NextAsync(resumed)).Item!.Stored.Key);
    }

    [Fact]
    public async Task While_nothing_comes_bookmarks_go_on_and_the_next_event_lies_behind_each()
    {
        await using var bench = await Bench.StartAsync();
        await bench.WriteAsync();
        await using var steps = bench.Watch();
        while ((await NextAsync(steps)).Kind != WatchStepKind.SnapshotEnd)
        {
        }

        var first = await bench.SilenceAsync(steps);
        var second = await bench.SilenceAsync(steps);
        var key = await bench.WriteAsync();

        foreach (var bookmark in new[] { first, second })
        {
            await using var resumed = bench.Watch(bookmark);
            Assert.Equal(key, (await NextAsync(resumed)).Item!.Stored.Key);
        }
    }

    [Fact]
    public async Task A_cursor_moves_past_what_may_not_flow_and_never_past_what_may()
    {
        // Nobody was referred, so that nothing of these flows.
        for (var number = 1; number <= 30; number++)
        {
            await Region.PutAsync(People.Worker(number), FlowNode.Duty);
        }

        var batches = await PassAsync();
        var head = (ulong)(await Region.Store.GetStatusAsync(default)).Head.Value;
        Assert.Equal(head, (await City.Flows(Agreement).Sink(Region.Id).AppliedAsync(default)).Position);
        Assert.Empty(batches.Changes());

        var worker = await Region.PutAsync(People.Worker(31), FlowNode.Duty);
        await Region.ReferAsync(worker, City.Id);
        await PassAsync();
        Assert.NotNull(await City.FindAsync(worker));
    }

    [Fact]
    public async Task A_page_without_room_ends_before_what_it_had_no_room_for()
    {
        for (var number = 1; number <= 40; number++)
        {
            var vacancy = People.Vacancy(number);
            vacancy.Description = new string('事', 9_999);
            await City.PutAsync(vacancy);
        }

        var batches = await PassBackAsync();

        Assert.True(batches.Count > 1, "One page held it all.");
        Assert.Equal(40, (await Region.Store.GetStatusAsync(default)).Kinds["vacancy"].Live);
    }

    private static async Task<WatchStep> NextAsync(IAsyncEnumerator<WatchStep> steps)
    {
        Assert.True(await steps.MoveNextAsync());
        return steps.Current;
    }

    /// <summary>A watcher over a store whose readers can be held up.</summary>
    private sealed class Bench : IAsyncDisposable
    {
        // A watch that lost what it is to show would wait for good.
        private readonly CancellationTokenSource _bound = new(TimeSpan.FromSeconds(30));
        private readonly ManualTime _time = new();
        private readonly NodeLifetime _lifetime = new(
            new NodeHealth(), new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance));

        private FeedTail _tail = null!;
        private FeedWatcher _watcher = null!;

        public FaultyStore Store { get; private set; } = null!;

        public static async Task<Bench> StartAsync()
        {
            var bench = new Bench();
            var store = await RecordStores.OpenAsync(new StoreOptions("", "dongguan", "memory"), bench._time, default);
            bench.Store = new FaultyStore(store);
            bench._tail = new FeedTail(bench.Store, NullLogger<FeedTail>.Instance, bench._time);
            bench._watcher = new FeedWatcher(bench.Store, bench._tail, bench._lifetime);
            await bench._tail.StartAsync(default);
            return bench;
        }

        /// <summary>Watches from a snapshot, or from where an earlier step stood.</summary>
        public IAsyncEnumerator<WatchStep> Watch(WatchStep? after = null) =>
            _watcher.WatchAsync(after?.Token.Encode(Store.Epoch) ?? "", _bound.Token).GetAsyncEnumerator();

        public async Task<RecordKey> WriteAsync()
        {
            var key = new RecordKey("vacancy", Guid.CreateVersion7());
            await Store.CommitAsync(new Commit { Puts = [new RecordPut { Key = key }] }, default);
            return key;
        }

        /// <summary>Lets time pass until the watch says that nothing happened.</summary>
        public async Task<WatchStep> SilenceAsync(IAsyncEnumerator<WatchStep> steps)
        {
            var next = steps.MoveNextAsync().AsTask();
            while (!next.IsCompleted)
            {
                _time.Advance(FeedWatcher.Silence);
                await Task.WhenAny(next, Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System));
            }

            Assert.True(await next);
            Assert.Equal(WatchStepKind.Bookmark, steps.Current.Kind);
            return steps.Current;
        }

        public async ValueTask DisposeAsync()
        {
            await _tail.StopAsync(default);
            _tail.Dispose();
            _lifetime.Dispose();
            _bound.Dispose();
            await Store.DisposeAsync();
        }
    }
}
