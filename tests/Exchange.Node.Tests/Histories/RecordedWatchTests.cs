using Exchange.Node.Health;
using Exchange.Node.Hosting;
using Exchange.Node.Watching;
using Exchange.Store;
using Exchange.Testing;
using Exchange.Testing.Histories;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Exchange.Node.Tests.Histories;

/// <summary>
/// Watches of a store on which several write at once, recorded and checked: here one can see which records a commit wrote.
/// </summary>
public sealed class RecordedWatchTests
{
    private const int Writers = 4;
    private const int Commits = 150;
    private const int Seed = 7;

    private static readonly RecordKey[] Keys =
        [.. Enumerable.Range(0, 40).Select(_ => new RecordKey("vacancy", Guid.CreateVersion7()))];

    public static TheoryData<string> Engines => [.. RecordStores.Engines, "memory"];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Watches_that_leave_and_resume_while_others_write_keep_every_property(string engine)
    {
        using var directory = new TemporaryDirectory();
        await using var store = await RecordStores.OpenAsync(
            new StoreOptions(directory.Path, "dongguan", engine), TimeProvider.System, default);
        using var tail = new FeedTail(store, NullLogger<FeedTail>.Instance, TimeProvider.System);
        using var lifetime = new NodeLifetime(
            new NodeHealth(), new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance));
        await tail.StartAsync(default);
        var end = new TaskCompletionSource<FeedPosition>(TaskCreationOptions.RunContinuationsAsynchronously);
        var watches = Enumerable.Range(0, 3)
            .Select(i => RecordAsync($"watch {i}", store, new FeedWatcher(store, tail, lifetime), end.Task, new Random(Seed + i)))
            .ToList();

        var written = await Task.WhenAll(Enumerable.Range(0, Writers).Select(i => WriteAsync(store, new Random(Seed + 100 + i))));
        end.SetResult((await store.GetStatusAsync(default)).Head);
        var histories = await Task.WhenAll(watches).WaitAsync(TimeSpan.FromMinutes(2));
        await tail.StopAsync(default);

        Assert.True(histories.All(history => history.Calls.Count > 1), "Nobody resumed.");
        Assert.Empty(WatchHistoryCheck.Run(histories, [.. written.SelectMany(commits => commits)]));
    }

    private static async Task<List<List<(string Key, string Version)>>> WriteAsync(IRecordStore store, Random dice)
    {
        var commits = new List<List<(string, string)>>();
        for (var i = 0; i < Commits; i++)
        {
            var keys = dice.GetItems(Keys, dice.Next(1, 6)).Distinct().ToList();
            var puts = keys.Select(key => new RecordPut { Key = key, IsTombstone = dice.Next(8) == 0 }).ToList();
            var result = await store.CommitAsync(new Commit { Puts = puts }, default);
            commits.Add([.. keys.Zip(result.Puts, (key, put) => ($"{key}", $"{put.Version}"))]);
            await Task.Yield();
        }

        return commits;
    }

    // Leaves after some responses and resumes from the last token, until everything was told.
    private static async Task<WatchHistory> RecordAsync(
        string name, IRecordStore store, FeedWatcher watcher, Task<FeedPosition> end, Random dice)
    {
        var calls = new List<WatchCall>();
        for (var token = ""; ;)
        {
            var events = new List<Watched>();
            calls.Add(new WatchCall(token.Length == 0 ? null : WatchPoint.Read(token), events));
            var patience = dice.Next(1, 200);
            using var leave = new CancellationTokenSource();
            _ = end.ContinueWith(_ => leave.CancelAfter(TimeSpan.FromMilliseconds(200)), TaskScheduler.Default);
            try
            {
                await foreach (var step in watcher.WatchAsync(token, leave.Token))
                {
                    token = step.Token.Encode(store.Epoch);
                    events.Add(ToWatched(step, WatchPoint.Read(token)));
                    if (--patience == 0)
                    {
                        break;
                    }
                }
            }
            catch (OperationCanceledException)
            {
                // Silence after the end; what it was told by then is everything, or it resumes once more.
            }

            if (end.IsCompleted && WatchPoint.Read(token).Position >= (await end).Value)
            {
                return new WatchHistory(name, WatchScope.Everything, calls);
            }
        }
    }

    private static Watched ToWatched(WatchStep step, WatchPoint point) => step switch
    {
        { Kind: WatchStepKind.SnapshotEnd } => new Watched(WatchedKind.SnapshotEnd, point),
        { Kind: WatchStepKind.Bookmark } => new Watched(WatchedKind.Bookmark, point),
        { Item: var item } => new Watched(
            item!.Stored.IsTombstone ? WatchedKind.Removed : WatchedKind.Shown,
            point,
            $"{item.Stored.Key}",
            $"{item.Stored.Version}"),
    };
}
