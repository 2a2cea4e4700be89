using Exchange.Node.Health;
using Exchange.Node.Hosting;
using Exchange.Node.Sync;
using Exchange.Node.Watching;
using Exchange.Store;
using Exchange.Testing;
using Exchange.Testing.Stores;
using Exchange.V1;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Exchange.Node.Tests.Sync.HardCases;

/// <summary>
/// Hard case 9: a live reader that is slow, or dead. It holds up nobody, nothing piles up for it, and when it reads on it
/// gets everything.
///
/// Guards: who is behind the tail's window reads the store (<c>FeedTail.ReadAsync</c> compares with the window's start):
/// without that the slow one loses what the tail dropped, and the first test fails. A partner that doesn't acknowledge
/// gets no more than its window (<c>OutgoingFlow</c>), and one that says nothing is given up after the idle timeout
/// (<c>SyncSession.TimePassed</c>): without either the other tests fail.
/// </summary>
public sealed class Case09_SlowConsumer
{
    // More than the tail holds.
    private const int Records = 10_000;
    private const int PerCommit = 500;

    [Fact]
    public async Task One_that_stands_still_holds_up_nobody_and_gets_everything_when_it_reads_on()
    {
        var time = new ManualTime();
        await using var store = new FaultyStore(
            await RecordStores.OpenAsync(new StoreOptions("", "dongguan", "memory"), time, default));
        using var tail = new FeedTail(store, NullLogger<FeedTail>.Instance, time);
        using var lifetime = new NodeLifetime(
            new NodeHealth(), new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance));
        var watcher = new FeedWatcher(store, tail, lifetime);
        await tail.StartAsync(default);

        // A watch that lost something would wait for it for good.
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using var slow = watcher.WatchAsync("", bound.Token).GetAsyncEnumerator();
        await using var quick = watcher.WatchAsync("", bound.Token).GetAsyncEnumerator();
        await ReadAsync(slow, records: 0);
        await ReadAsync(quick, records: 0);

        var written = new List<Guid>();
        for (var commit = 0; commit < Records / PerCommit; commit++)
        {
            written.AddRange(await WriteAsync(store));
            Assert.Equal(written.TakeLast(PerCommit), await ReadAsync(quick, PerCommit));
        }

        var reads = store.FeedReads;
        Assert.Equal(written, await ReadAsync(slow, Records));
        Assert.InRange(store.FeedReads - reads, 1, Records / PerCommit);
        await tail.StopAsync(default);
    }

    [Fact]
    public void A_partner_that_takes_batches_and_acknowledges_none_gets_a_windowful_and_no_more()
    {
        var bench = new SessionBench();
        var actions = bench.Open();
        var sent = 0;
        for (var at = 10ul; actions.OfType<SyncAction.ReadPage>().Any() && sent < 100; at++)
        {
            actions = bench.Give(new SyncInput.PageRead(SessionBench.Page(at, at + 1)));
            sent += Batches(actions);
        }

        Assert.Equal((int)SessionBench.Hello().Window, sent);
    }

    [Fact]
    public void A_partner_that_is_dead_is_given_up()
    {
        var bench = new SessionBench();
        bench.Open();

        var failure = bench.Tick(TimeSpan.FromSeconds(61)).OfType<SyncAction.Fail>().Single().Failure;

        Assert.Equal(ErrorReason.PeerUnreachable, failure.Reason);
    }

    private static int Batches(IEnumerable<SyncAction> actions) => actions.Count(
        action => action is SyncAction.Send { Frame.FrameCase: SyncFrame.FrameOneofCase.Batch });

    private static async Task<IReadOnlyList<Guid>> WriteAsync(FaultyStore store)
    {
        var puts = Enumerable.Range(0, PerCommit)
            .Select(_ => new RecordPut { Key = new RecordKey("vacancy", Guid.CreateVersion7()) })
            .ToList();
        await store.CommitAsync(new Commit { Puts = puts }, default);
        return puts.ConvertAll(put => put.Key.Id);
    }

    // Reads so many records; with none, the end of the snapshot.
    private static async Task<List<Guid>> ReadAsync(IAsyncEnumerator<WatchStep> steps, int records)
    {
        var read = new List<Guid>();
        do
        {
            Assert.True(await steps.MoveNextAsync());
            if (steps.Current.Item is { } item)
            {
                read.Add(item.Stored.Key.Id);
            }
        }
        while (read.Count < records);

        return read;
    }
}
