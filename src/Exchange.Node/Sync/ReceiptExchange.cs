using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Exchange.Node.Sync;

/// <summary>
/// Receipts: the calling side makes a statement of what was exchanged and signs it; the other side holds it against
/// what it saw itself, countersigns, stores and sends it back.
///
/// Each side first shows the newest receipt that it holds, so that both go on from the same link of the chain. Whoever
/// lacks it takes it over: an answer was lost, or a backup was restored. Nothing but complete receipts is stored; one
/// that the called side signed can't be lost, because it will show it.
/// </summary>
internal sealed class ReceiptExchange(SyncSessionOptions options, List<SyncAction> actions)
{
    private DateTimeOffset _start;
    private string _sessionId = "";
    private ByteString _peerHead = ByteString.Empty;
    private ReceiptLink _last = ReceiptLink.Beginning;
    private SyncReceipt? _offered;
    private SyncReceipt? _takenOver;
    private SyncFailure? _objection;
    private int _writes;
    private TimeSpan? _madeAt;
    private (SyncDirectionStatement?, SyncDirectionStatement?) _made;

    /// <summary>A receipt of this session has both signatures and is stored here.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The number of this session's newest complete receipt; 0 before there is one.</summary>
    public ulong Number { get; private set; }

    /// <summary>The peer owes its signature.</summary>
    public bool IsOwed { get; private set; }

    /// <summary>A receipt is being written.</summary>
    public bool IsBusy => _writes > 0;

    /// <param name="sessionId">The session.</param>
    /// <param name="now">The wall clock of this side.</param>
    /// <param name="newest">The newest receipt held; null when there is none.</param>
    /// <param name="peerHead">The newest entry of the peer's audit chain.</param>
    public void Begin(string sessionId, DateTimeOffset now, SyncReceipt? newest, ByteString peerHead)
    {
        _peerHead = peerHead;
        _sessionId = sessionId;
        _start = now;
        if (newest is not null)
        {
            _last = ReceiptLink.Of(newest)!;
            var shown = newest.Clone();
            shown.Newest = true;
            Send(shown);
        }
    }

    public SyncFailure? Received(SyncReceipt receipt, OutgoingFlow outgoing, IncomingFlow incoming)
    {
        if (ReceiptLink.Read(receipt) is not { } statement)
        {
            return SyncFailure.ReceiptInvalid("the statement can't be read");
        }

        if (receipt.Newest)
        {
            // A broken chain keeps no data from flowing, least of all what must be taken back: it is told when a
            // receipt falls due.
            _objection ??= Shown(receipt, statement);
            return null;
        }

        return options.IsCaller ? Answered(receipt, statement) : Offered(receipt, statement, outgoing, incoming);
    }

    public void Stored(SyncReceipt receipt)
    {
        _writes--;
        if (ReferenceEquals(receipt, _takenOver))
        {
            return;
        }

        IsComplete = true;
        Number = _last.Number;
        if (!options.IsCaller)
        {
            Send(receipt);
        }
    }

    /// <summary>On the calling side, makes a receipt once both directions are settled and one is due.</summary>
    /// <returns>Why none can be made; null when nothing is in the way.</returns>
    public SyncFailure? Pump(SyncTime now, OutgoingFlow outgoing, IncomingFlow incoming)
    {
        var both = (outgoing.Statements.Latest, incoming.Statements.Latest);
        var due = _madeAt is not { } made || now.Elapsed - made >= options.ReceiptInterval;
        var settled = outgoing.IsSettled && incoming.IsSettled;
        if (!options.IsCaller || IsOwed || IsBusy || !due || !settled || both == _made)
        {
            return null;
        }

        if (_objection is not null)
        {
            return _objection;
        }

        var statement = new SyncReceiptStatement
        {
            SessionId = _sessionId,
            AgreementId = options.Agreement.Agreement.Id,
            AgreementVersion = options.Agreement.Agreement.Version,
            StartTime = Timestamp.FromDateTimeOffset(_start),
            EndTime = Timestamp.FromDateTimeOffset(now.Wall),
            Directions = { both.Item1, both.Item2 },
            PreviousDigest = _last.Digest,
            Number = _last.Number + 1,
            CallerAuditHead = options.AuditHead,
            CalledAuditHead = _peerHead,
        };
        _made = both;
        _madeAt = now.Elapsed;
        _offered = new SyncReceipt { Statement = statement.ToByteString() };
        _offered.Signatures.Add(options.Signer.Sign(_offered.Statement.Span));
        IsOwed = true;
        Send(_offered);
        return null;
    }

    private SyncFailure? Shown(SyncReceipt receipt, SyncReceiptStatement statement)
    {
        var theirs = ReceiptLink.Of(receipt)!;
        if (theirs.Number < _last.Number || theirs == _last)
        {
            // In step, or the peer lacks what this side shows it.
            return null;
        }

        if (ReceiptCheck.Signatures(receipt, statement, options.Node, options.Peer, options.Signer) is { } failure)
        {
            return failure;
        }

        if (theirs.Number == _last.Number)
        {
            return SyncFailure.ReceiptChainBroken(_last, theirs);
        }

        _last = theirs;
        _takenOver = receipt.Clone();
        _takenOver.Newest = false;
        Store(_takenOver);
        return null;
    }

    private SyncFailure? Answered(SyncReceipt receipt, SyncReceiptStatement statement)
    {
        if (!IsOwed || !receipt.Statement.Equals(_offered!.Statement))
        {
            return _offered?.Statement.Equals(receipt.Statement) == true
                ? null
                : SyncFailure.ReceiptInvalid("none was to come");
        }

        // Both must hold the same bytes: so the own signature must come back as it went out.
        if (ReceiptCheck.Signatures(receipt, statement, options.Node, options.Peer, options.Signer) is { } failure)
        {
            return failure;
        }

        if (!receipt.Signatures[0].Equals(_offered.Signatures[0]))
        {
            return SyncFailure.ReceiptForged(options.Node, statement.Number);
        }

        IsOwed = false;
        _last = ReceiptLink.Of(receipt)!;
        Store(receipt);
        return null;
    }

    private SyncFailure? Offered(
        SyncReceipt receipt, SyncReceiptStatement statement, OutgoingFlow outgoing, IncomingFlow incoming)
    {
        if (_offered is { } offered && offered.Statement.Equals(receipt.Statement))
        {
            if (_writes == 0)
            {
                Send(offered);
            }

            return null;
        }

        if (!ReceiptCheck.IsSigned(receipt, options.Peer, options.Signer))
        {
            return SyncFailure.ReceiptForged(options.Peer, statement.Number);
        }

        if (receipt.Signatures.Count != 1)
        {
            return SyncFailure.ReceiptInvalid("an offered receipt has the calling side's signature alone");
        }

        // Signed is only what this side saw itself.
        if ((_objection ?? ReceiptCheck.Statement(
            statement, options, _sessionId, _last, _peerHead, incoming.Statements, outgoing.Statements)) is { } failure)
        {
            return failure;
        }

        _offered = receipt.Clone();
        _offered.Signatures.Add(options.Signer.Sign(receipt.Statement.Span));
        _last = ReceiptLink.Of(_offered)!;
        Store(_offered);
        return null;
    }

    private void Store(SyncReceipt receipt)
    {
        _writes++;
        actions.Add(new SyncAction.StoreReceipt(receipt));
    }

    private void Send(SyncReceipt receipt) => actions.Add(new SyncAction.Send(new SyncFrame { Receipt = receipt }));
}
