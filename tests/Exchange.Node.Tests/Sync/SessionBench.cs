using Exchange.Node.Agreements;
using Exchange.Node.Sync;
using Exchange.Testing.Simulation;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Type;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>One session of node "left" with peer "right" on a bench: inputs by hand, actions looked at.</summary>
internal sealed class SessionBench
{
    public const string LeftEpoch = "11111111-1111-1111-1111-111111111111";
    public const string RightEpoch = "22222222-2222-2222-2222-222222222222";
    public const string SessionId = "33333333-3333-3333-3333-333333333333";

    private static readonly DateTimeOffset Start = new(2026, 3, 2, 2, 30, 0, TimeSpan.FromHours(8));

    private readonly SyncSession _session;

    public SessionBench(
        bool isCaller = true,
        SyncMode mode = SyncMode.Nightly,
        Func<SyncSessionOptions, SyncSessionOptions>? change = null)
    {
        var options = new SyncSessionOptions
        {
            Node = "left",
            Peer = "right",
            Epoch = LeftEpoch,
            Agreement = Terms(2),
            Signer = new SimulatedSigner("left"),
            IsCaller = isCaller,
            Mode = mode,
            SessionId = isCaller ? SessionId : "",
        };
        _session = new SyncSession(change is null ? options : change(options));
    }

    /// <summary>Time since the session began; a test moves it.</summary>
    public TimeSpan Elapsed { get; set; }

    public SyncProgress Progress => _session.Progress;

    public static ByteString Digest(string text) => ByteString.CopyFromUtf8(text);

    /// <summary>A version of the agreement; it may end on a day.</summary>
    public static AgreementTerms Terms(uint version, Date? end = null) =>
        new(new Agreement { Id = "left-right", Version = version, ValidToDate = end });

    public static FeedCursor Left(ulong position) => new() { Epoch = LeftEpoch, Position = position };

    public static FeedCursor Right(ulong position) => new() { Epoch = RightEpoch, Position = position };

    /// <summary>The Hello of "right" as it should be.</summary>
    public static SyncHello Hello() => new()
    {
        Node = "right",
        MinProtocol = 1,
        MaxProtocol = 1,
        AgreementId = "left-right",
        AgreementVersion = 2,
        AgreementDigest = Terms(2).Digest,
        Epoch = RightEpoch,
        Applied = Left(10),
        Window = 4,
        Mode = SyncMode.Nightly,
        SentTime = Timestamp.FromDateTimeOffset(Start),
        SessionId = SessionId,
    };

    /// <summary>A batch of "right" with so many changes.</summary>
    public static SyncFrame Batch(ulong sequence, ulong from, ulong to, int changes = 1)
    {
        var batch = new SyncBatch { Sequence = sequence, From = Right(from), To = Right(to) };
        batch.Changes.AddRange(Enumerable.Range(0, changes).Select(_ => Change()));
        return new SyncFrame { Batch = batch };
    }

    /// <summary>The batch in which "right" says that it has given back everything.</summary>
    public static SyncFrame LastReturn()
    {
        var batch = Batch(1, 5, 5, changes: 0);
        batch.Batch.Changes.Add(new SyncChange { Returned = new ReturnedRecord { Last = true } });
        return batch;
    }

    /// <summary>A page of "left" with so many changes.</summary>
    public static OutgoingPage Page(ulong from, ulong to, bool atHead = false, int changes = 1) =>
        new(Left(from), Left(to), [.. Enumerable.Range(0, changes).Select(_ => Change())], atHead, []);

    public static SyncFrame Ack(ulong sequence, ulong applied) =>
        new() { Ack = new SyncAck { Sequence = sequence, Applied = Left(applied) } };

    public IReadOnlyList<SyncAction> Give(SyncInput input) =>
        _session.Handle(input, new SyncTime(Start + Elapsed, Elapsed));

    public IReadOnlyList<SyncAction> Frame(SyncFrame frame) => Give(new SyncInput.FrameReceived(frame));

    public IReadOnlyList<SyncAction> Tick(TimeSpan after)
    {
        Elapsed += after;
        return Give(new SyncInput.Tick());
    }

    /// <summary>Connects, with position 5 of "right" applied here, and takes the peer's Hello.</summary>
    public IReadOnlyList<SyncAction> Open(SyncHello? hello = null)
    {
        var first = Give(new SyncInput.Connected(Right(5)));
        return [.. first, .. Frame(new SyncFrame { Hello = hello ?? Hello() })];
    }

    /// <summary>Gives an input after which the session must fail, and returns why.</summary>
    public SyncFailure Fails(SyncInput input) => Assert.IsType<SyncAction.Fail>(Give(input)[^1]).Failure;

    public SyncFailure Fails(SyncFrame frame) => Fails(new SyncInput.FrameReceived(frame));

    /// <summary>Goes through with our own direction, which has nothing to give, up to the peer's verdict.</summary>
    public void SettleOutgoing()
    {
        Give(new SyncInput.PageRead(Page(10, 10, atHead: true, changes: 0)));
        Give(new SyncInput.DigestReady(SyncDirection.Outgoing, new SyncDigest { Root = Digest("out") }));
        Frame(new SyncFrame { Verdict = new SyncVerdict { Cursor = Left(10), Matches = true } });
    }

    /// <summary>Goes through with the peer's direction, which has nothing to give, up to our verdict.</summary>
    public IReadOnlyList<SyncAction> SettleIncoming()
    {
        var digest = new SyncDigest { Root = Digest("in") };
        Frame(new SyncFrame { CaughtUp = new SyncCaughtUp { Cursor = Right(5), Digest = digest } });
        return Give(new SyncInput.DigestReady(SyncDirection.Incoming, digest.Clone()));
    }

    private static SyncChange Change() => new() { Record = new V1.Record { Kind = "model" } };
}

/// <summary>Shorthands for looking at actions.</summary>
internal static class Actions
{
    /// <summary>The frames that are sent, in order.</summary>
    public static IReadOnlyList<SyncFrame> Frames(this IEnumerable<SyncAction> actions) =>
        [.. actions.OfType<SyncAction.Send>().Select(send => send.Frame)];

    /// <summary>The only action of a type.</summary>
    public static T One<T>(this IEnumerable<SyncAction> actions) => Assert.Single(actions.OfType<T>());
}
