using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>
/// The receiving half of a session: takes batches that join without a gap, applies them one by one, acknowledges each
/// after it is durable, and compares digests when the peer has caught up. When they differ it answers what it holds.
/// </summary>
internal sealed class IncomingFlow(SyncSessionOptions options, List<SyncAction> actions)
{
    // Twice what a giver fills a batch up to, because it counts before it knows the exact size.
    private const int MaxBatchBytes = 2 << 20;

    private readonly Queue<SyncBatch> _queue = new();
    private readonly RepairLog _log = new();
    private FeedCursor _accepted = new();
    private ulong _sequence;
    private SyncBatch? _applying;
    private SyncCaughtUp? _comparing;
    private bool _digesting;
    private SyncAck? _list;
    private SyncAck? _told;
    private bool _hasBegun;
    private SyncInspect? _inspecting;
    private SyncInspection _answered = new();
    private bool _awaitsRepair;
    private bool _matches;
    private uint _number;
    private SyncRepairs? _theirs;

    public DirectionStatements Statements { get; } = new();

    /// <summary>How far it was applied when the session began.</summary>
    public FeedCursor Began { get; private set; } = new();

    /// <summary>How far the peer's feed is applied durably.</summary>
    public FeedCursor Applied { get; private set; } = new();

    /// <summary>Changes of batches that are durable.</summary>
    public ulong Received { get; private set; }

    /// <summary>Records and removals that the peer gave back, because this node was restored.</summary>
    public ulong Returned { get; private set; }

    /// <summary>
    /// The peer has given back everything; or, not knowing how to, has come to the end of its feed without.
    /// </summary>
    public bool HasReturned { get; private set; }

    /// <summary>These, by kind.</summary>
    public KindCounts Kinds { get; } = new();

    /// <summary>Of these, how many were put into quarantine.</summary>
    public ulong Quarantined { get; private set; }

    /// <summary>What this side holds, as of the peer's last CaughtUp.</summary>
    public SyncDigest? Digest { get; private set; }

    /// <summary>The peer's last digest was compared, and nothing that it sent is open.</summary>
    public bool IsSettled => Statements.Latest is { } latest && _comparing is null && !IsCommitting
        && _queue.Count == 0 && !_awaitsRepair && latest.To.Equals(Applied);

    /// <summary>The sink is at work.</summary>
    public bool IsBusy => _applying is not null || _digesting || _inspecting is not null;

    /// <summary>The last comparison was of digests that both sides counted anew.</summary>
    public bool WasRecounted { get; private set; }

    /// <summary>What both sides found in this direction.</summary>
    public SyncRepairs Found => RepairLog.Merge([RepairLog.Judge(_theirs, _matches), _log.ToMessage(_matches)]);

    /// <summary>The sink is writing.</summary>
    public bool IsCommitting => _applying is not null;

    public void Begin(SyncHello peer, FeedCursor applied)
    {
        _accepted = Began = Applied = FeedCursors.Within(peer.Epoch, applied);
        _hasBegun = true;
        Tell();
    }

    public SyncFailure? BatchReceived(SyncBatch batch)
    {
        if (batch.From?.Epoch != Applied.Epoch || batch.To?.Epoch != Applied.Epoch)
        {
            return SyncFailure.Protocol(
                $"batch {batch.Sequence} goes from {FeedCursors.Text(batch.From)} to {FeedCursors.Text(batch.To)}, "
                + $"but the Hello named epoch {Applied.Epoch}");
        }

        if (Excess(batch) is { } excess)
        {
            return excess;
        }

        if (batch.Sequence == _sequence + 1 && batch.From.Equals(_accepted))
        {
            return Accept(batch);
        }

        // Cursors alone don't tell a repeat: a batch of re-projections that is still being committed ends where it
        // began.
        var idle = !IsCommitting && _queue.Count == 0;
        if (idle && batch.Sequence <= _sequence + 1 && batch.To.Equals(Applied))
        {
            _sequence = Math.Max(_sequence, batch.Sequence);
            Acknowledge(new SyncAck
            {
                Sequence = batch.Sequence,
                Applied = Applied,
                SkippedCount = (uint)batch.Changes.Count,
            });
            return null;
        }

        return SyncFailure.Protocol(
            $"batch {batch.Sequence} begins at {FeedCursors.Text(batch.From)}, "
            + $"expected batch {_sequence + 1} from {FeedCursors.Text(_accepted)}");
    }

    public void BatchApplied(SyncAck ack)
    {
        var batch = _applying!;
        _applying = null;
        ack.Sequence = batch.Sequence;
        Applied = ack.Applied;
        var areReturns = SyncChanges.AreReturns(batch.Changes);
        Received += areReturns ? 0 : (ulong)batch.Changes.Count;
        Returned += areReturns ? SyncChanges.Returned(batch.Changes) : 0;
        HasReturned |= SyncChanges.EndReturns(batch.Changes);
        Kinds.Add(areReturns ? [] : batch.Changes);
        Quarantined += (ulong)ack.Quarantined.Count;
        _told = ack.Quarantined.Count + ack.Waiting.Count + ack.Settled.Count == 0 ? _told : null;
        Acknowledge(ack);
    }

    /// <summary>Tells the peer what is put aside; before its Hello, as soon as that has come.</summary>
    public void Listed(SyncAck list)
    {
        _list = list;
        Tell();
    }

    public SyncFailure? CaughtUpReceived(SyncCaughtUp caughtUp)
    {
        if (caughtUp.Number != 0 ? caughtUp.Number <= _number : _comparing?.Equals(caughtUp) == true)
        {
            return null;
        }

        if (IsCommitting || _queue.Count > 0 || _comparing is not null || !Applied.Equals(caughtUp.Cursor))
        {
            return SyncFailure.Protocol(
                $"CaughtUp names {FeedCursors.Text(caughtUp.Cursor)}, but {FeedCursors.Text(Applied)} is applied");
        }

        if (caughtUp.NextSequence != 0 && caughtUp.NextSequence != _sequence + 1)
        {
            return SyncFailure.Protocol(
                $"CaughtUp was said before batch {caughtUp.NextSequence}, but batch {_sequence} is applied");
        }

        if (caughtUp.Digest is null)
        {
            return SyncFailure.Protocol("CaughtUp has no digest");
        }

        HasReturned = true;
        _number = caughtUp.Number;
        _comparing = caughtUp;
        Compute(withBuckets: false, caughtUp.Recounted);
        return null;
    }

    public void DigestReady(SyncDigest digest, Recount? recount)
    {
        _digesting = false;
        if (recount is not null)
        {
            _log.Counted(recount, areSent: true);
        }

        var caughtUp = _comparing!;
        var matches = caughtUp.Digest.Count == digest.Count && caughtUp.Digest.Root.Equals(digest.Root);
        if (!matches && digest.Buckets.IsEmpty)
        {
            // The peer needs the buckets to find the difference.
            Compute(withBuckets: true, anew: false);
            return;
        }

        digest = matches ? new SyncDigest { Count = digest.Count, Root = digest.Root } : digest;
        WasRecounted = recount is not null;
        if (matches)
        {
            _log.Settle();
        }

        (_matches, _theirs, _awaitsRepair) = (matches, caughtUp.Found, !matches && caughtUp.Repairs);
        _comparing = null;
        Digest = digest;
        Statements.Add(new SyncDirectionStatement
        {
            FromNode = options.Peer,
            From = Began,
            To = Applied,
            Changes = Received,
            Quarantined = Quarantined,
            DigestRoot = caughtUp.Digest.Root,
            DigestCount = caughtUp.Digest.Count,
            DigestMatches = matches,
        });
        var verdict = new SyncVerdict
        {
            Cursor = Applied,
            Matches = matches,
            Digest = digest,
            Number = caughtUp.Number,
            Recounted = WasRecounted,
            Inspects = true,
            Found = _log.IsEmpty ? null : _log.ToMessage(isProven: true),
        };
        actions.Add(new SyncAction.Send(new SyncFrame { Verdict = verdict }));
    }

    public SyncFailure? InspectReceived(SyncInspect question)
    {
        if (question.Number <= _answered.Number || question.Number == _inspecting?.Number)
        {
            // A repeat.
            return null;
        }

        var isDue = _awaitsRepair && !IsBusy && _queue.Count == 0 && Applied.Equals(question.Cursor);
        var goesOn = question.After.IsEmpty || question.After.Equals(_answered.Through);
        if (!isDue || !goesOn || !InspectionCheck.IsQuestion(question))
        {
            return SyncFailure.Protocol($"question {question.Number} about what is held doesn't fit");
        }

        _inspecting = question;
        actions.Add(new SyncAction.Inspect(question));
        return null;
    }

    public void Inspected(SyncInspection answer)
    {
        _inspecting = null;
        _answered = new SyncInspection { Number = answer.Number, Through = answer.Through };
        actions.Add(new SyncAction.Send(new SyncFrame { Inspection = answer }));
    }

    /// <summary>Starts what can be started now.</summary>
    public void Pump()
    {
        // While digests are compared nothing is applied, so that it is the digest as of the cursor that the peer named.
        if (_applying is null && _comparing is null && _queue.TryDequeue(out var batch))
        {
            _applying = batch;
            actions.Add(new SyncAction.ApplyBatch(batch));
        }
    }

    private void Tell()
    {
        if (_hasBegun && _list is { } list && !list.Equals(_told))
        {
            _told = list;
            Acknowledge(list);
        }
    }

    // A batch is one commit: its size bounds how long everybody else waits for the store.
    private static SyncFailure? Excess(SyncBatch batch)
    {
        if (batch.Changes.Count > PageBuilder.MaxChanges)
        {
            return SyncFailure.Protocol(
                $"batch {batch.Sequence} has {batch.Changes.Count} changes, at most {PageBuilder.MaxChanges} are "
                + "taken");
        }

        return batch.Changes.Count > 1 && batch.CalculateSize() is var size and > MaxBatchBytes
            ? SyncFailure.Protocol(
                $"batch {batch.Sequence} has {size} bytes, at most {MaxBatchBytes} are taken in several changes")
            : null;
    }

    private SyncFailure? Accept(SyncBatch batch)
    {
        if (_queue.Count + (IsCommitting ? 1 : 0) >= options.Window)
        {
            return SyncFailure.Protocol(
                $"batch {batch.Sequence} exceeds the window of {options.Window} unacknowledged batches");
        }

        _sequence = batch.Sequence;
        _accepted = batch.To;
        _queue.Enqueue(batch);
        return null;
    }

    private void Acknowledge(SyncAck ack) => actions.Add(new SyncAction.Send(new SyncFrame { Ack = ack }));

    private void Compute(bool withBuckets, bool anew)
    {
        _digesting = true;
        actions.Add(new SyncAction.ComputeDigest(SyncDirection.Incoming, withBuckets, anew));
    }
}
