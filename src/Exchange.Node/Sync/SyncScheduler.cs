using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.V1;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Exchange.Node.Sync;

/// <summary>Calls partners: nightly by schedule, live all the time, and by hand.</summary>
internal sealed partial class SyncScheduler(
    PeerLoader loader,
    ISyncCaller caller,
    SyncSessions sessions,
    PeerStates states,
    NodeIdentity identity,
    IOptions<SyncOptions> options,
    TimeProvider time,
    ILogger<SyncScheduler> log)
    : BackgroundService
{
    // The wall clock may be set while we wait; so it is looked at again now and then.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(5);

    // A live session that held so long wasn't a failure to connect.
    private static readonly TimeSpan Steady = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (Task<SyncSummary> Session, bool Verifies)> _nightly =
        new(StringComparer.Ordinal);

    /// <summary>Runs a nightly session now, or waits for the one that is under way.</summary>
    /// <param name="node">The partner.</param>
    /// <param name="verify">Digests are counted anew; a session under way that doesn't is waited for first.</param>
    /// <param name="cancellationToken">Gives up waiting; the session goes on.</param>
    /// <exception cref="ExchangeException">No such partner, one that calls us, or the session failed.</exception>
    public Task<SyncSummary> SyncNowAsync(string node, bool verify, CancellationToken cancellationToken)
    {
        if (options.Value.Peers.FirstOrDefault(peer => peer.Node == node) is not { } line)
        {
            throw ExchangeException.Invalid("peer", "It must be the node id of a configured partner; see ListPeers.");
        }

        if (string.IsNullOrEmpty(line.Address))
        {
            throw ExchangeException.Invalid("peer", $"'{node}' calls this node; ask for the session there.");
        }

        return NightlyAsync(line, verify).WaitAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(options.Value.Peers.Select(peer => peer.Mode switch
        {
            PeerMode.Nightly => KeepAsync(peer, RunNightsAsync, stoppingToken),
            PeerMode.Live => KeepAsync(peer, StayConnectedAsync, stoppingToken),
            _ => Task.CompletedTask,
        }));

    // A fault in one partner's loop must neither stop the node nor the other partners' loops.
    private async Task KeepAsync(
        PeerOptions peer, Func<PeerOptions, CancellationToken, Task> loop, CancellationToken stopping)
    {
        for (var failures = 1; !stopping.IsCancellationRequested; failures++)
        {
            try
            {
                await loop(peer, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                LoopFailed(peer.Node, exception);
                await SleepAsync(Backoff.Nightly.After(failures, Chance()), stopping);
            }
        }
    }

    private async Task RunNightsAsync(PeerOptions peer, CancellationToken stopping)
    {
        var schedule = new NightlySchedule(
            identity.Id,
            peer.Node,
            SyncOptionsValidator.ParseAt(peer.At)!.Value,
            TimeSpan.FromMinutes(peer.JitterMinutes));
        while (true)
        {
            var due = schedule.Due(time.GetUtcNow(), await states.LastStartAsync(peer.Node, stopping));
            await states.SetNextRunAsync(peer.Node, due, stopping);
            Scheduled(peer.Node, due);
            await SleepUntilAsync(due, stopping);
            await TryTonightAsync(peer, schedule.Next(time.GetUtcNow()), stopping);
        }
    }

    // Again and again until it works, people must act, or the next night has come.
    private async Task TryTonightAsync(PeerOptions peer, DateTimeOffset next, CancellationToken stopping)
    {
        for (var failures = 1; ; failures++)
        {
            if (await FailureOfAsync(NightlyAsync(peer), peer) is not { NeedsPeople: false })
            {
                return;
            }

            stopping.ThrowIfCancellationRequested();
            var again = time.GetUtcNow() + Backoff.Nightly.After(failures, Chance());
            if (again >= next)
            {
                return;
            }

            await states.SetNextRunAsync(peer.Node, again, stopping);
            await SleepUntilAsync(again, stopping);
        }
    }

    private async Task StayConnectedAsync(PeerOptions peer, CancellationToken stopping)
    {
        for (var failures = 1; ; failures++)
        {
            // Somebody syncs by hand, or the partner has called us: what flows then flows both ways.
            await sessions.IdleAsync(peer.Node, stopping);
            var started = time.GetTimestamp();
            var failure = await FailureOfAsync(CallAsync(peer, SyncMode.Live, verify: false), peer);
            stopping.ThrowIfCancellationRequested();
            failures = time.GetElapsedTime(started) >= Steady ? 1 : failures;
            var wait = failure is { NeedsPeople: true }
                ? Backoff.Live.Longest
                : Backoff.Live.After(failures, Chance());
            await SleepAsync(wait, stopping);
        }
    }

    // Sessions aren't cancelled when the node stops: they are told to leave, finish what they commit and say goodbye.
    private Task<SyncSummary> NightlyAsync(PeerOptions peer, bool verify = false)
    {
        lock (_lock)
        {
            var isRunning = _nightly.TryGetValue(peer.Node, out var running) && !running.Session.IsCompleted;
            if (isRunning && (running.Verifies || !verify))
            {
                return running.Session;
            }

            var session = CompleteAsync(peer, verify, isRunning ? running.Session : Task.CompletedTask);
            _nightly[peer.Node] = (session, verify);
            return session;
        }
    }

    private async Task<SyncSummary> CompleteAsync(PeerOptions peer, bool verify, Task before)
    {
        // Whether the one before failed is told to whoever asked for that one.
        await Task.WhenAny(before);
        var summary = await CallAsync(peer, SyncMode.Nightly, verify);
        return summary.End == SyncEnd.Completed
            ? summary
            : throw SyncFailure.Unreachable(peer.Node, "it left before both had caught up").ToException();
    }

    private async Task<SyncSummary> CallAsync(PeerOptions peer, SyncMode mode, bool verify) =>
        await caller.RunAsync(
            await loader.FindAsync(peer.Node, CancellationToken.None), mode, verify, CancellationToken.None);

    private static async Task<SyncFailure?> FailureOfAsync(Task<SyncSummary> session, PeerOptions peer)
    {
        try
        {
            await session;
            return null;
        }
        catch (Exception exception)
        {
            // What failed was told by the session; here it only matters how long to wait.
            return PeerFailure.Of(exception, peer.Node)
                ?? SyncFailure.Unreachable(peer.Node, "this node has a fault");
        }
    }

    private async Task SleepUntilAsync(DateTimeOffset moment, CancellationToken cancellationToken)
    {
        while (moment - time.GetUtcNow() is var rest && rest > TimeSpan.Zero)
        {
            // A delay is cut down to whole milliseconds; one of none would be a loop that never lets go.
            var whole = TimeSpan.FromMilliseconds(Math.Ceiling(rest.TotalMilliseconds));
            await SleepAsync(whole < LongestSleep ? whole : LongestSleep, cancellationToken);
        }
    }

    private Task SleepAsync(TimeSpan span, CancellationToken cancellationToken) =>
        Task.Delay(span, time, cancellationToken);

    private static double Chance() => Random.Shared.NextDouble();

    [LoggerMessage(1, LogLevel.Information, "The next sync with {Peer} is due at {Due:u}")]
    private partial void Scheduled(string peer, DateTimeOffset due);

    [LoggerMessage(2, LogLevel.Error, "The schedule of {Peer} failed unexpectedly; beginning again")]
    private partial void LoopFailed(string peer, Exception exception);
}
