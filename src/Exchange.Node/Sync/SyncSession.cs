using Exchange.Node.Records;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;

namespace Exchange.Node.Sync;

/// <summary>
/// One end of a sync session, the same on both sides: inputs go in, actions come out, and nothing else happens. It does
/// no I/O, asks for no time and starts no task; a loop does that for it, and in tests a simulation does.
///
/// Not safe for concurrent calls. After <see cref="SyncAction.Fail"/> or <see cref="SyncAction.Finish"/> it wants
/// nothing more.
/// </summary>
internal sealed class SyncSession
{
    private readonly SyncSessionOptions _options;
    private readonly List<SyncAction> _actions = [];
    private readonly OutgoingFlow _outgoing;
    private readonly IncomingFlow _incoming;
    private readonly ReceiptExchange _receipts;
    private readonly OutageTalk _outages;
    private readonly PassedOnExchange _passedOn;
    private SyncInput.Connected? _connected;
    private SyncHello? _peer;
    private PeerProtocol? _peerProtocol;
    private CertificateTalk? _peerCertificates;
    private string _sessionId;
    private SyncMode _mode;
    private bool _verify;
    private TimeSpan _skew;
    private TimeSpan _sentAt;
    private TimeSpan _receivedAt;
    private TimeSpan _movedAt;
    private SyncAction? _ending;
    private string? _farewell;
    private (SyncDirectionStatement?, SyncDirectionStatement?) _reported;
    private bool _isRestored;
    private bool _isPeerRestored;
    private bool _ended;

    public SyncSession(SyncSessionOptions options)
    {
        _options = options;
        _outages = new OutageTalk(options, _actions);
        _sessionId = options.IsCaller ? options.SessionId : "";
        _outgoing = new OutgoingFlow(options, _actions);
        _incoming = new IncomingFlow(options, _actions);
        _receipts = new ReceiptExchange(options, _actions);
        _passedOn = new PassedOnExchange(_actions);
    }

    /// <summary>Why it failed; null while it runs, and when it ended in good order.</summary>
    public SyncFailure? Failure { get; private set; }

    /// <summary>What the session has done so far.</summary>
    public SyncProgress Progress => new()
    {
        SessionId = _sessionId,
        Mode = _mode,
        Sent = _outgoing.Sent,
        SentKinds = _outgoing.Kinds.Snapshot,
        Received = _incoming.Received,
        ReceivedKinds = _incoming.Kinds.Snapshot,
        Quarantined = _incoming.Quarantined,
        Acknowledged = _peer is null ? null : _outgoing.Acknowledged,
        Applied = _peer is null ? null : _incoming.Applied,
        Returned = _outgoing.Returned + _incoming.Returned,
        IsRestored = _isRestored,
        IsPeerRestored = _isPeerRestored,
        BeganWithin = _outgoing.Began.Position + _incoming.Began.Position > 0,
        OutgoingDigest = _outgoing.Digest,
        IncomingDigest = _incoming.Digest,
        DigestsMatch = _outgoing.Statements.Latest is { DigestMatches: true }
            && _incoming.Statements.Latest is { DigestMatches: true },
        Receipt = _receipts.Number,
        WasRecounted = _outgoing.WasRecounted && _incoming.WasRecounted,
        Found = RepairLog.Merge([_outgoing.Found, _incoming.Found]),
        Skew = _skew,
        PeerProtocol = _peerProtocol,
        PeerCertificates = _peerCertificates,
    };

    /// <summary>Takes one input and returns what is to be done about it, in order.</summary>
    public IReadOnlyList<SyncAction> Handle(SyncInput input, SyncTime now)
    {
        _actions.Clear();
        if (_ended)
        {
            return [];
        }

        if (!input.IsIdle)
        {
            _movedAt = now.Elapsed;
        }

        if (Take(input, now) is { } failure)
        {
            End(new SyncAction.Fail(failure));
        }
        else
        {
            Pump(now);
        }

        if (_actions.Exists(action => action is SyncAction.Send))
        {
            _sentAt = now.Elapsed;
        }

        if (_actions.Exists(action => action is SyncAction.Send { Frame.Heartbeat: null }))
        {
            // What is asked now was waited for by nobody before, however long all was quiet.
            _movedAt = now.Elapsed;
        }

        return [.. _actions];
    }

    private SyncFailure? Take(SyncInput input, SyncTime now)
    {
        switch (input)
        {
            case SyncInput.Connected connected:
                _connected = connected;
                return _options.IsCaller ? SayHello(now) : null;
            case SyncInput.FrameReceived received:
                _receivedAt = now.Elapsed;
                return FrameReceived(received.Frame, now);
            case SyncInput.PageRead read:
                _outgoing.PageRead(read.Page);
                return null;
            case SyncInput.BatchApplied applied:
                _incoming.BatchApplied(applied.Ack);
                return null;
            case SyncInput.PutAsideListed listed:
                _incoming.Listed(listed.List);
                return null;
            case SyncInput.PageConfirmed:
                _outgoing.PageConfirmed();
                return null;
            case SyncInput.DigestReady { Direction: SyncDirection.Outgoing } ready:
                _outgoing.DigestReady(ready.Digest, ready.Recount, now.Elapsed);
                return null;
            case SyncInput.DigestReady ready:
                _incoming.DigestReady(ready.Digest, ready.Recount);
                return null;
            case SyncInput.Inspected inspected:
                _incoming.Inspected(inspected.Page);
                return null;
            case SyncInput.InspectionCompared compared:
                _outgoing.Compared(compared.Comparison);
                return null;
            case SyncInput.FeedMoved:
                _outgoing.FeedMoved();
                return null;
            case SyncInput.OutagesChanged changed:
                _outages.Changed(changed.Outages, helloSent: _options.IsCaller || _peer is not null, now);
                return null;
            case SyncInput.PassedOnRead or SyncInput.PassedOnStored:
                _passedOn.Take(input);
                return null;
            case SyncInput.ReceiptStored stored:
                _receipts.Stored(stored.Receipt);
                return null;
            case SyncInput.Tick:
                return TimePassed(now);
            case SyncInput.StopRequested stop:
                _ending ??= new SyncAction.Fail(stop.Why);
                _farewell = stop.Why.Message;
                return null;
            case SyncInput.StreamEnded ended:
                _ending ??= new SyncAction.Fail(ended.Why ?? SyncFailure.Unreachable(
                    _options.Peer, "it ended the stream before the session was complete"));
                return null;
            default:
                throw new InvalidOperationException($"A session takes no {input.GetType().Name}.");
        }
    }

    private SyncFailure? FrameReceived(SyncFrame frame, SyncTime now)
    {
        // A frame of a later version of the contract, or one for a session that is ending.
        if (frame.FrameCase == SyncFrame.FrameOneofCase.None || _ending is not null)
        {
            return null;
        }

        if (frame.FrameCase == SyncFrame.FrameOneofCase.Hello)
        {
            return HelloReceived(frame.Hello, now);
        }

        if (_peer is null)
        {
            return SyncFailure.Protocol($"{frame.FrameCase} came before Hello");
        }

        switch (frame.FrameCase)
        {
            case SyncFrame.FrameOneofCase.Batch:
                return _incoming.BatchReceived(frame.Batch);
            case SyncFrame.FrameOneofCase.Ack:
                return _outgoing.AckReceived(frame.Ack);
            case SyncFrame.FrameOneofCase.CaughtUp:
                return _incoming.CaughtUpReceived(frame.CaughtUp);
            case SyncFrame.FrameOneofCase.Verdict:
                return _outgoing.VerdictReceived(frame.Verdict);
            case SyncFrame.FrameOneofCase.Inspect:
                return _incoming.InspectReceived(frame.Inspect);
            case SyncFrame.FrameOneofCase.Inspection:
                return _outgoing.InspectionReceived(frame.Inspection);
            case SyncFrame.FrameOneofCase.Receipt:
                return _receipts.Received(frame.Receipt, _outgoing, _incoming);
            case SyncFrame.FrameOneofCase.Heartbeat:
                return _outages.Received(frame.Heartbeat);
            case SyncFrame.FrameOneofCase.PassedOn:
                return _passedOn.Received(frame.PassedOn);
            case SyncFrame.FrameOneofCase.Goodbye:
                _ending = new SyncAction.Finish(SyncEnd.PeerLeft);
                return null;
            default:
                return null;
        }
    }

    private SyncFailure? HelloReceived(SyncHello hello, SyncTime now)
    {
        if (_peer is not null)
        {
            return _peer.Equals(hello) ? null : SyncFailure.Protocol("a second Hello came");
        }

        _peerProtocol = ProtocolVersions.Said(hello, _options.Peer);
        _peerCertificates = hello.Certificates;
        if (HelloCheck.Check(hello, _options, _sessionId, now.Wall) is { } mismatch)
        {
            return mismatch;
        }

        _peer = hello;
        _skew = hello.SentTime is { } sent ? sent.ToDateTimeOffset() - now.Wall : TimeSpan.Zero;
        if (!_options.IsCaller)
        {
            _sessionId = hello.SessionId;
            _mode = ModeOf(hello.Mode);
            _verify = hello.Verify;
            SayHello(now);
        }

        _outages.Received(hello);
        _isRestored = FeedCursors.IsForeign(hello.Applied, _options.Epoch);
        _isPeerRestored = FeedCursors.IsForeign(_connected!.Applied, hello.Epoch);
        _outgoing.Begin(hello, _mode, _verify, _connected!.Applied);
        _incoming.Begin(hello, _connected!.Applied);
        _receipts.Begin(_sessionId, now.Wall, _connected.Newest, hello.AuditHead);
        _passedOn.Begin();
        return null;
    }

    private SyncFailure? SayHello(SyncTime now)
    {
        if (_options.IsCaller)
        {
            _mode = ModeOf(_options.Mode);
            _verify = _options.Verify;
        }

        Send(new SyncFrame
        {
            Hello = new SyncHello
            {
                Node = _options.Node,
                MinProtocol = _options.Protocol.MinOn(NodeIdentity.DayOf(now.Wall)),
                MaxProtocol = _options.Protocol.Max,
                ProtocolEnds = { _options.Protocol.Ends },
                AgreementId = _options.Agreement.Agreement.Id,
                AgreementVersion = _options.Agreement.Agreement.Version,
                AgreementDigest = _options.Agreement.Digest,
                Epoch = _options.Epoch,
                Applied = _connected!.Applied,
                Window = _options.Window,
                Mode = _mode,
                SentTime = Timestamp.FromDateTimeOffset(now.Wall),
                SessionId = _sessionId,
                Software = _options.Software,
                Verify = _verify,
                PlannedOutages = { _outages.Said },
                AuditHead = _options.AuditHead,
                Certificates = _options.Certificates,
            },
        });
        return null;
    }

    // After the end of an agreement nothing new comes that would be worth staying connected for.
    private SyncMode ModeOf(SyncMode asked) =>
        asked == SyncMode.Live && !_options.IsWindingUp ? SyncMode.Live : SyncMode.Nightly;

    private SyncFailure? TimePassed(SyncTime now)
    {
        if (now.Elapsed - _receivedAt > _options.IdleTimeout)
        {
            return SyncFailure.Unreachable(_options.Peer, $"no frame for {_options.IdleTimeout.TotalSeconds:0} s");
        }

        var owed = _peer is null || _outgoing.IsOwed || _receipts.IsOwed;
        var busy = _outgoing.IsBusy || _incoming.IsBusy || _receipts.IsBusy || _passedOn.IsBusy;
        var patience = _outgoing.AwaitsRecount ? _options.RecountTimeout : _options.AnswerTimeout;
        if (owed && !busy && now.Elapsed - _movedAt > patience)
        {
            return SyncFailure.Unreachable(_options.Peer, $"no answer for {patience.TotalSeconds:0} s");
        }

        var helloSent = _options.IsCaller || _peer is not null;
        if (helloSent && now.Elapsed - _sentAt >= _options.Heartbeat)
        {
            Send(new SyncFrame { Heartbeat = new SyncHeartbeat { SentTime = Timestamp.FromDateTimeOffset(now.Wall) } });
        }

        if (_options.TermsUntil <= now.Wall)
        {
            // Its ports were made for what could flow until now.
            _ending ??= new SyncAction.Finish(SyncEnd.PeerLeft);
            _farewell ??= "what may flow changes today: connect again";
            return null;
        }

        return HelloCheck.GoesOn(_peer, _options, now.Wall);
    }

    private void Pump(SyncTime now)
    {
        var committing = _outgoing.IsCommitting || _incoming.IsCommitting || _receipts.IsBusy || _passedOn.IsBusy;
        if (_mode == SyncMode.Nightly && _receipts.IsComplete && !committing)
        {
            End(new SyncAction.Finish(SyncEnd.Completed));
            return;
        }

        if (_ending is not null)
        {
            // What is being committed is finished first: cutting it would only leave its outcome to be found out later.
            if (!committing)
            {
                SayGoodbye();
                End(_ending);
            }

            return;
        }

        _outgoing.AwaitsReturns &= !_incoming.HasReturned;
        _incoming.Pump();
        _outgoing.Pump(now.Elapsed);
        var failure = _passedOn.IsBusy ? null : _receipts.Pump(now, _outgoing, _incoming);
        ReportSettled();
        if (failure is not null)
        {
            End(new SyncAction.Fail(failure));
        }
    }

    private void ReportSettled()
    {
        var both = (_outgoing.Statements.Latest, _incoming.Statements.Latest);
        if (_outgoing.IsSettled && _incoming.IsSettled && both != _reported)
        {
            _reported = both;
            _actions.Add(new SyncAction.Report(Progress));
        }
    }

    private void SayGoodbye()
    {
        if (_farewell is not null && _peer is not null)
        {
            Send(new SyncFrame { Goodbye = new SyncGoodbye { Reason = _farewell } });
        }
    }

    private void End(SyncAction ending)
    {
        _ended = true;
        Failure = (ending as SyncAction.Fail)?.Failure;
        _actions.Add(ending);
    }

    private void Send(SyncFrame frame) => _actions.Add(new SyncAction.Send(frame));
}
