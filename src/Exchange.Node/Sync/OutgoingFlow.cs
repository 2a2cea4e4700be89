using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>
/// The giving half of a session: reads pages, sends them as batches under the peer's window, confirms them once
/// acknowledged, and says CaughtUp when it stands at the head of the feed with everything acknowledged and confirmed.
/// Told of a difference, it looks for it and repairs it before it says CaughtUp again.
/// </summary>
internal sealed class OutgoingFlow(SyncSessionOptions options, List<SyncAction> actions)
{
    // So many pages without a change become one batch: a node that imports what a partner may not see doesn't keep that
    // partner committing cursors.
    private const int MaxHeldPages = 16;

    private readonly Queue<(ulong Sequence, OutgoingPage Page)> _unacknowledged = new();
    private readonly LinkedList<(OutgoingPage Page, SyncAck Ack)> _unconfirmed = new();
    private readonly RepairRounds _repair = new(actions);
    private FeedCursor _cursor = new();
    private bool _live;
    private uint _window = 1;
    private ulong _sequence;
    private ulong _acknowledgedSequence;
    private bool _started;
    private bool _reading;
    private bool _confirming;
    private bool _waiting;
    private bool _digesting;
    private bool _atHead;
    private bool _reprojecting;
    private bool _unsaid = true;
    private OutgoingPage? _held;
    private int _heldPages;
    private string? _returnsTo;
    private bool _knowsEpoch;
    private TimeSpan? _saidAt;
    private SyncDirectionStatement? _asked;
    private SyncCaughtUp _said = new();

    public DirectionStatements Statements { get; } = new();

    /// <summary>Where the peer stood when the session began.</summary>
    public FeedCursor Began { get; private set; } = new();

    /// <summary>Changes sent and acknowledged.</summary>
    public ulong Sent { get; private set; }

    /// <summary>Records and removals given back to a restored peer, and acknowledged.</summary>
    public ulong Returned { get; private set; }

    /// <summary>
    /// The peer owes what it applied of us since our backup, and nothing else is sent before that is here: a record
    /// that
    /// came back half mustn't reach a peer that still holds all of it.
    /// </summary>
    public bool AwaitsReturns { get; set; }

    /// <summary>These, by kind.</summary>
    public KindCounts Kinds { get; } = new();

    /// <summary>Of these, how many the peer put into quarantine.</summary>
    public ulong Quarantined { get; private set; }

    /// <summary>Where the peer stands in our feed.</summary>
    public FeedCursor Acknowledged { get; private set; } = new();

    /// <summary>The digest of the last CaughtUp.</summary>
    public SyncDigest? Digest { get; private set; }

    /// <summary>The last digest was compared by the peer, and nothing that was sent is open.</summary>
    public bool IsSettled =>
        Statements.Latest is not null && _asked is null && !_unsaid && !_digesting && !_repair.IsOpen;

    /// <summary>The peer owes an answer.</summary>
    public bool IsOwed => _unacknowledged.Count > 0 || _asked is not null || _repair.IsOwed;

    /// <summary>The peer counts anew, which may take it long.</summary>
    public bool AwaitsRecount => _asked is not null && _said.Recounted;

    /// <summary>The source is at work.</summary>
    public bool IsBusy => _reading || _digesting || IsCommitting;

    /// <summary>The source is writing.</summary>
    public bool IsCommitting => _confirming || _repair.IsComparing;

    /// <summary>The last comparison was of digests that both sides counted anew.</summary>
    public bool WasRecounted => _repair.WasRecounted;

    /// <summary>What both sides found in this direction.</summary>
    public SyncRepairs Found => _repair.Found;

    /// <summary>Begins with the peer's Hello.</summary>
    /// <param name="peer">The Hello.</param>
    /// <param name="mode">The session's mode.</param>
    /// <param name="verify">Digests are counted anew before they are compared.</param>
    /// <param name="applied">How far the peer's feed is applied here, in whichever epoch.</param>
    public void Begin(SyncHello peer, SyncMode mode, bool verify, FeedCursor applied)
    {
        _started = true;
        _repair.Begin(verify);
        _returnsTo = FeedCursors.IsForeign(applied, peer.Epoch) ? peer.Epoch : null;
        _knowsEpoch = peer.Applied?.Epoch == options.Epoch;
        AwaitsReturns = FeedCursors.IsForeign(peer.Applied, options.Epoch);
        _live = mode == SyncMode.Live;
        _window = Math.Clamp(peer.Window, 1, options.Window);
        _cursor = Began = Acknowledged = FeedCursors.Within(options.Epoch, peer.Applied);
    }

    public void PageRead(OutgoingPage page)
    {
        _reading = false;
        var isEmpty = page.Changes.Count == 0 && page.Reprojections.Count == 0;
        var isNothing = isEmpty && page.From.Equals(page.To);
        _atHead = page.AtHead || isNothing;
        if (isNothing && _knowsEpoch)
        {
            return;
        }

        if (SyncChanges.EndReturns(page.Changes))
        {
            _returnsTo = null;
        }

        // A peer that has read nothing of this epoch is told of it even when there is nothing to read: by the epoch
        // that it
        // last read it finds out, some day, that this node was restored.
        _knowsEpoch |= !SyncChanges.AreReturns(page.Changes);
        _cursor = page.To;
        page = _held is null ? page : page with { From = _held.From };
        _held = null;
        if (isEmpty && ++_heldPages < MaxHeldPages && (_live || !_atHead))
        {
            _held = page;
            return;
        }

        SendPage(page);
    }

    public SyncFailure? AckReceived(SyncAck ack)
    {
        if (ack.Sequence == 0)
        {
            // A list of what the peer put aside acknowledges nothing; it is kept in turn with what acks say. Of lists
            // that come one upon the other the last one counts, so that no peer can pile them up here.
            if (_unconfirmed.Last is { Value.Ack.Sequence: 0 })
            {
                _unconfirmed.RemoveLast();
            }

            _unconfirmed.AddLast((new OutgoingPage(Acknowledged, Acknowledged, [], AtHead: false, []), ack));
            return null;
        }

        if (ack.Sequence <= _acknowledgedSequence)
        {
            return null;
        }

        if (ack.Sequence > _sequence)
        {
            return SyncFailure.Protocol($"ack {ack.Sequence} came, but the last batch sent is {_sequence}");
        }

        var end = _unacknowledged.First(sent => sent.Sequence == ack.Sequence).Page.To;
        if (!end.Equals(ack.Applied))
        {
            return SyncFailure.Protocol(
                $"batch {ack.Sequence} ends at {FeedCursors.Text(end)}, its ack says {FeedCursors.Text(ack.Applied)}");
        }

        while (_unacknowledged.TryPeek(out var sent) && sent.Sequence <= ack.Sequence)
        {
            _unacknowledged.Dequeue();
            var own = sent.Sequence == ack.Sequence;
            _unconfirmed.AddLast(
                (sent.Page, own ? ack : new SyncAck { Sequence = sent.Sequence, Applied = sent.Page.To }));
            var areReturns = SyncChanges.AreReturns(sent.Page.Changes);
            Sent += areReturns ? 0 : (ulong)sent.Page.Changes.Count;
            Returned += areReturns ? SyncChanges.Returned(sent.Page.Changes) : 0;
            Kinds.Add(areReturns ? [] : sent.Page.Changes);
        }

        _acknowledgedSequence = ack.Sequence;
        Acknowledged = end;
        Quarantined += (ulong)ack.Quarantined.Count;
        return null;
    }

    public void PageConfirmed()
    {
        _confirming = false;
        _reprojecting &= _unacknowledged.Count + _unconfirmed.Count > 0;
    }

    public void FeedMoved()
    {
        _waiting = false;
        _atHead = false;
    }

    public void DigestReady(SyncDigest digest, Recount? recount, TimeSpan elapsed)
    {
        _digesting = false;
        if (_repair.Digested(digest, recount))
        {
            _atHead = false;
            return;
        }

        // The buckets are for finding a difference; they aren't sent before there is one.
        digest = new SyncDigest { Count = digest.Count, Root = digest.Root };
        _unsaid = false;
        _saidAt = elapsed;
        Digest = digest;
        _asked = new SyncDirectionStatement
        {
            FromNode = options.Node,
            From = Began,
            To = _cursor,
            Changes = Sent,
            Quarantined = Quarantined,
            DigestRoot = digest.Root,
            DigestCount = digest.Count,
        };
        _said = new SyncCaughtUp
        {
            Cursor = _cursor,
            Digest = digest,
            Number = _said.Number + 1,
            NextSequence = _sequence + 1,
            Recounted = recount is not null,
            Repairs = _repair.MayRepair,
            Found = _repair.Said,
        };
        Send(new SyncFrame { CaughtUp = _said });
    }

    public SyncFailure? VerdictReceived(SyncVerdict verdict)
    {
        // Two comparisons may be of the same cursor: after a repair, or a re-projection.
        if (verdict.Number != 0 && verdict.Number < _said.Number)
        {
            return null;
        }

        if (_asked is { } asked && asked.To.Equals(verdict.Cursor))
        {
            asked.DigestMatches = verdict.Matches;
            Statements.Add(asked);
            _asked = null;
            return _repair.Judged(verdict, _said.Repairs);
        }

        return Statements.Latest is { } latest && latest.To.Equals(verdict.Cursor)
            ? null
            : SyncFailure.Protocol(
                $"a verdict came on {FeedCursors.Text(verdict.Cursor)}, which isn't under comparison");
    }

    public SyncFailure? InspectionReceived(SyncInspection page) => _repair.InspectionReceived(page);

    public void Compared(Comparison comparison)
    {
        if (_repair.Compared(comparison))
        {
            // What is queued is read like anything else that waits, and then both compare once more.
            _atHead = false;
            _unsaid = true;
        }
    }

    /// <summary>Starts what can be started now.</summary>
    public void Pump(TimeSpan elapsed)
    {
        if (!_started)
        {
            return;
        }

        if (!_confirming && _unconfirmed.First is { Value: var (page, ack) })
        {
            _unconfirmed.RemoveFirst();
            _confirming = true;
            actions.Add(new SyncAction.ConfirmPage(page, ack));
        }

        // While a digest is taken nothing is read, so that it is the digest as of the cursor that it names.
        if (_digesting)
        {
            return;
        }

        if (_repair.IsOpen)
        {
            // Nor while a difference is looked for; what was sent before is applied first.
            if (!_reading && !_confirming && _unacknowledged.Count + _unconfirmed.Count == 0)
            {
                _repair.Pump(Acknowledged);
            }
        }
        else if (!_atHead)
        {
            ReadOn();
        }
        else if (!_reading)
        {
            AtHead(elapsed);
        }
    }

    private void ReadOn()
    {
        // Re-projections stay in the source's queue until they are confirmed: read again before that, they would be
        // sent twice.
        if (_reading || _reprojecting || _unacknowledged.Count >= _window || (_returnsTo is null && AwaitsReturns))
        {
            return;
        }

        _reading = true;
        actions.Add(
            _returnsTo is { } epoch ? new SyncAction.ReadReturns(_cursor, epoch) : new SyncAction.ReadPage(_cursor));
    }

    private void AtHead(TimeSpan elapsed)
    {
        var due = !_live || _saidAt is not { } said || elapsed - said >= options.CaughtUpInterval;
        if (_held is { } held && due && _unacknowledged.Count == 0)
        {
            _held = null;
            SendPage(held);
        }

        var open = _unacknowledged.Count + _unconfirmed.Count > 0 || _confirming || _held is not null;
        if (!open && _unsaid && _asked is null && due)
        {
            _digesting = true;
            actions.Add(new SyncAction.ComputeDigest(
                SyncDirection.Outgoing, WithBuckets: true, Anew: _repair.Recounts));
        }

        if (_live && !_waiting)
        {
            _waiting = true;
            actions.Add(new SyncAction.WaitForFeed(_cursor));
        }
    }

    private void SendPage(OutgoingPage page)
    {
        _heldPages = 0;
        _unsaid = true;
        _reprojecting |= page.IsOutOfTurn;
        _unacknowledged.Enqueue((++_sequence, page));
        var batch = new SyncBatch { Sequence = _sequence, From = page.From, To = page.To };
        batch.Changes.AddRange(page.Changes);
        Send(new SyncFrame { Batch = batch });
    }

    private void Send(SyncFrame frame) => actions.Add(new SyncAction.Send(frame));
}
