using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Exchange.Node.Sync;

/// <summary>
/// Receipts: the calling side makes a statement of what was exchanged and signs it, the other side holds it against
/// what it saw itself, countersigns and sends it back. Each side stores before it sends, so that a receipt is never
/// only on the wire.
/// </summary>
internal sealed class ReceiptExchange(SyncSessionOptions options, List<SyncAction> actions)
{
    private DateTimeOffset _start;
    private string _sessionId = "";
    private SyncReceipt? _offered;
    private SyncReceipt? _pending;
    private int _writes;
    private bool _finding;
    private TimeSpan? _madeAt;
    private (SyncDirectionStatement?, SyncDirectionStatement?) _made;

    /// <summary>A receipt of this session has both signatures and is stored here.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The peer owes its signature.</summary>
    public bool IsOwed { get; private set; }

    /// <summary>A receipt is being written or looked up.</summary>
    public bool IsBusy => _writes > 0 || _finding;

    /// <param name="sessionId">The session.</param>
    /// <param name="now">The wall clock of this side.</param>
    /// <param name="pending">A receipt of an earlier session that lacks the peer's signature.</param>
    public void Begin(string sessionId, DateTimeOffset now, SyncReceipt? pending)
    {
        _sessionId = sessionId;
        _start = now;
        _pending = options.IsCaller ? pending : null;
        if (_pending is not null)
        {
            Send(_pending);
        }
    }

    public SyncFailure? Received(SyncReceipt receipt, OutgoingFlow outgoing, IncomingFlow incoming)
    {
        if (receipt.Signatures.FirstOrDefault(s => s.Node == options.Peer) is not { } signature
            || !options.Signer.Verify(receipt.Statement.Span, signature))
        {
            return SyncFailure.Protocol($"the receipt has no valid signature of '{options.Peer}'");
        }

        return options.IsCaller ? Answered(receipt) : Offered(receipt, outgoing, incoming);
    }

    public void Stored(SyncReceipt receipt)
    {
        _writes--;
        if (options.IsCaller)
        {
            var half = IsOwed && receipt == _offered;
            IsComplete |= !half && IsThisSession(receipt);
            if (half)
            {
                Send(receipt);
            }
        }
        else
        {
            IsComplete = true;
            Send(receipt);
        }
    }

    public void Found(SyncReceipt? receipt)
    {
        _finding = false;
        if (receipt is not null)
        {
            Send(receipt);
        }
    }

    /// <summary>On the calling side, makes a receipt once both directions are settled and one is due.</summary>
    public void Pump(SyncTime now, OutgoingFlow outgoing, IncomingFlow incoming)
    {
        var both = (outgoing.Statements.Latest, incoming.Statements.Latest);
        var due = _madeAt is not { } made || now.Elapsed - made >= options.ReceiptInterval;
        var settled = outgoing.IsSettled && incoming.IsSettled;
        if (!options.IsCaller || IsOwed || IsBusy || !due || !settled || both == _made)
        {
            return;
        }

        var statement = new SyncReceiptStatement
        {
            SessionId = _sessionId,
            AgreementId = options.Agreement.Agreement.Id,
            AgreementVersion = options.Agreement.Agreement.Version,
            StartTime = Timestamp.FromDateTimeOffset(_start),
            EndTime = Timestamp.FromDateTimeOffset(now.Wall),
            Directions = { both.Item1, both.Item2 },
        };
        _made = both;
        _madeAt = now.Elapsed;
        _offered = new SyncReceipt { Statement = statement.ToByteString() };
        _offered.Signatures.Add(options.Signer.Sign(_offered.Statement.Span));
        IsOwed = true;
        Store(_offered);
    }

    private SyncFailure? Answered(SyncReceipt receipt)
    {
        if (IsOwed && receipt.Statement.Equals(_offered!.Statement))
        {
            IsOwed = false;
            Store(receipt);
            return null;
        }

        if (_pending is { } pending && receipt.Statement.Equals(pending.Statement))
        {
            _pending = null;
            Store(receipt);
        }

        // Any other is a repeat of one that is complete already.
        return null;
    }

    private SyncFailure? Offered(SyncReceipt receipt, OutgoingFlow outgoing, IncomingFlow incoming)
    {
        if (_offered is { } offered && offered.Statement.Equals(receipt.Statement))
        {
            if (_writes == 0)
            {
                Send(offered);
            }

            return null;
        }

        if (Parse(receipt) is not { } statement)
        {
            return SyncFailure.Protocol("the receipt's statement can't be read");
        }

        if (statement.SessionId != _sessionId)
        {
            if (_finding)
            {
                return SyncFailure.Protocol("a second receipt of an earlier session came");
            }

            _finding = true;
            actions.Add(new SyncAction.FindReceipt(receipt));
            return null;
        }

        // Signed is only what this side saw itself.
        if (statement.AgreementId != options.Agreement.Agreement.Id
            || statement.Directions.Count != 2
            || !incoming.Statements.Contains(statement.Directions[0])
            || !outgoing.Statements.Contains(statement.Directions[1]))
        {
            return SyncFailure.Protocol("the receipt doesn't say what this side saw");
        }

        _offered = receipt.Clone();
        _offered.Signatures.Add(options.Signer.Sign(receipt.Statement.Span));
        Store(_offered);
        return null;
    }

    private bool IsThisSession(SyncReceipt receipt) => receipt.Statement.Equals(_offered?.Statement);

    private static SyncReceiptStatement? Parse(SyncReceipt receipt)
    {
        try
        {
            return SyncReceiptStatement.Parser.ParseFrom(receipt.Statement);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    private void Store(SyncReceipt receipt)
    {
        _writes++;
        actions.Add(new SyncAction.StoreReceipt(receipt));
    }

    private void Send(SyncReceipt receipt) => actions.Add(new SyncAction.Send(new SyncFrame { Receipt = receipt }));
}
