using System.Globalization;
using Exchange.Node.Agreements;
using Exchange.Node.Sync;
using Exchange.V1;

namespace Exchange.Testing.Simulation;

/// <summary>The sessions between two simulated nodes, one after the other.</summary>
internal sealed class SimulatedSessions(SimulatedPair pair, int seed, SimulationOptions options)
{
    private static readonly DateTimeOffset Midnight = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly AgreementTerms Terms = new(new Agreement { Id = "left-right", Version = 1 });

    // Its own, so that what happens within a session doesn't depend on how many came before.
    private readonly Random _random = new(seed + 1);
    private readonly Random _turns = new(seed + 2);
    private TimeSpan _elapsed;
    private TimeSpan _began;
    private SyncMode _mode;
    private bool _verify;
    private int _count;
    private bool _isTroubled;
    private Func<string?> _promise = () => null;

    public SimulatedPair Pair { get; } = pair;

    public SimulatedEnd? Caller { get; private set; }

    public SimulatedEnd? Callee { get; private set; }

    /// <summary>Nightly sessions that completed on both sides.</summary>
    public int Completed { get; private set; }

    /// <summary>Whether the last session completed on both sides.</summary>
    public bool LastCompleted => IsCompleted(Caller) && IsCompleted(Callee);

    /// <summary>No session runs.</summary>
    public bool AreOver => (Caller?.IsOver ?? true) && (Callee?.IsOver ?? true);

    /// <summary>The session that runs stays open.</summary>
    public bool IsLive => _mode == SyncMode.Live;

    /// <summary>The ends of the session, whether they run or not.</summary>
    public IEnumerable<SimulatedEnd> Ends => new[] { Caller, Callee }.OfType<SimulatedEnd>();

    /// <summary>Nothing is under way, and nothing is waiting to be taken.</summary>
    public bool AreIdle => Caller is { } a && Callee is { } b && !a.CanReceive && !b.CanReceive
        && a.Operations.Count + b.Operations.Count == 0;

    /// <summary>One of the ends that still run; null when none does.</summary>
    public SimulatedEnd? Any
    {
        get
        {
            var (first, second) = _random.Next(2) == 0 ? (Caller, Callee) : (Callee, Caller);
            return first is { IsOver: false } ? first : second is { IsOver: false } ? second : null;
        }
    }

    public async Task BeginAsync(int hostility, SyncMode mode, bool verify = false)
    {
        (_mode, _verify) = (mode, verify);
        _began = _elapsed;
        _count++;
        _isTroubled = hostility > 0;
        _promise = Pair.Promise();
        var there = new SimulatedWire(_random, hostility);
        var back = new SimulatedWire(_random, hostility);
        var (calling, called) = _random.Next(2) == 0 ? (Pair.Left, Pair.Right) : (Pair.Right, Pair.Left);
        if (options.Tamper is { } tamper)
        {
            there.Tamper = frame => tamper(calling.Id, frame);
            back.Tamper = frame => tamper(called.Id, frame);
        }

        Caller = NewEnd(calling, called, isCaller: true, back, there);
        Callee = NewEnd(called, calling, isCaller: false, there, back);
        calling.Started();
        called.Started();
        Caller.Give(new SyncInput.Connected(await calling.AppliedAsync(), calling.Newest));
        Callee.Give(new SyncInput.Connected(await called.AppliedAsync(), called.Newest));
        if (options.Lists)
        {
            Caller.Give(new SyncInput.PutAsideListed(PutAside(calling.Id)));
            Callee.Give(new SyncInput.PutAsideListed(PutAside(called.Id)));
        }
    }

    // A list acknowledges nothing: wherever it comes among the acks, it must move no cursor and settle no batch.
    private static SyncAck PutAside(string node) => new()
    {
        ListsAll = true,
        Quarantined = { new QuarantinedChange { Kind = node, Id = Guid.Empty.ToString() } },
    };

    /// <summary>Cuts what runs and waits for what is under way.</summary>
    public async Task EndAsync()
    {
        foreach (var end in Ends)
        {
            if (!end.IsOver)
            {
                end.Crash();
            }

            await end.SettleAsync(_random);
        }

        Completed += LastCompleted ? 1 : 0;
        Caller = Callee = null;
    }

    public void Pass(TimeSpan time)
    {
        _elapsed += time;
        Caller?.Give(new SyncInput.Tick());
        Callee?.Give(new SyncInput.Tick());
    }

    /// <summary>A verdict that found a difference; there is a reason for one only in a store that was changed.</summary>
    public string? BrokenVerdict() =>
        !options.Corrupts && Ends.Any(end => end.Verdicts.Exists(verdict => !verdict.Matches))
            ? "Two digests differ."
            : null;

    /// <summary>What was promised of the last session, which has completed on both sides, and isn't so.</summary>
    public string? BrokenPromise() => _promise();

    /// <summary>Whether a nightly session has been doing nothing for a time.</summary>
    public bool IsStalled(TimeSpan time) => _mode == SyncMode.Nightly
        && Ends.Any(end => !end.IsOver && _elapsed - _began - end.MovedAt > time);

    /// <summary>Whether the last digests agreed on both sides.</summary>
    public string? UnequalDigest() => Ends.All(end => end.Session.Progress.DigestsMatch)
        ? null
        : "The session ended without digests that agree.";

    public string Describe() => string.Join(", ", Ends.Select(end =>
        $"'{end.Node.Id}' {(end.IsCrashed ? "crashed" : end.End?.ToString() ?? "runs")}, "
        + $"{end.Operations.Count} operations, {end.Inbound.Count} frames, {end.Session.Progress}"));

    private static bool IsCompleted(SimulatedEnd? end) => end?.End is SyncAction.Finish { End: SyncEnd.Completed };

    private SimulatedEnd NewEnd(
        ISimulatedNode node, ISimulatedNode peer, bool isCaller, SimulatedWire inbound, SimulatedWire outbound)
    {
        var session = new SyncSession(new SyncSessionOptions
        {
            Node = node.Id,
            Peer = peer.Id,
            Epoch = node.Epoch,
            Agreement = Terms,

            // Now and then what may flow changes in mid-session, on one side a moment before the other.
            TermsUntil = _isTroubled && _turns.Next(4) == 0
                ? Midnight + _elapsed + TimeSpan.FromSeconds(_turns.Next(60))
                : null,
            Signer = new SimulatedSigner(node.Id),
            IsCaller = isCaller,
            Mode = _mode,
            Verify = _verify,
            SessionId = new Guid(_count, 0, 0, [0, 0, 0, 0, 0, 0, 0, 1]).ToString("D", CultureInfo.InvariantCulture),
            Window = (uint)_random.Next(1, 9),
            Heartbeat = TimeSpan.FromSeconds(3),
            IdleTimeout = TimeSpan.FromSeconds(15),
            AnswerTimeout = TimeSpan.FromSeconds(25),
            RecountTimeout = TimeSpan.FromSeconds(25),
            CaughtUpInterval = TimeSpan.FromSeconds(3),
            ReceiptInterval = TimeSpan.FromSeconds(30),
        });
        return new SimulatedEnd(
            node, session, inbound, outbound, () => new SyncTime(Midnight + _elapsed, _elapsed - _began))
        {
            Trace = options.Trace,
        };
    }
}
