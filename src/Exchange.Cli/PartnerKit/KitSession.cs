using Exchange.Node.Sync;
using Exchange.V1;

namespace Exchange.Cli.PartnerKit;

/// <summary>
/// One session in which the test node calls: gives what a check wants, answers what the partner gives, and reads what
/// comes until it is what was waited for.
/// </summary>
internal sealed class KitSession(KitRun run, KitStream stream, SyncHello ours, SyncHello theirs) : IDisposable
{
    private readonly FeedCursor _began = FeedCursors.Within(ours.Epoch, theirs.Applied);
    private readonly FeedCursor _took = FeedCursors.Within(theirs.Epoch, ours.Applied);
    private FeedCursor _taken = FeedCursors.Within(theirs.Epoch, ours.Applied);
    private ulong _sequence;
    private uint _number;
    private ulong _given;
    private ulong _quarantined;
    private ulong _came;
    private SyncVerdict? _verdict;
    private SyncDigest _said = new();
    private SyncDirectionStatement? _theirStatement;

    /// <summary>The partner's Hello.</summary>
    public SyncHello Theirs => theirs;

    /// <summary>The test node's Hello.</summary>
    public SyncHello Ours => ours;

    /// <summary>Where the partner stands, once it has acknowledged everything.</summary>
    public FeedCursor At { get; private set; } = FeedCursors.Within(ours.Epoch, theirs.Applied);

    /// <summary>The newest receipt between the two, as far as the partner has shown one.</summary>
    public ReceiptLink Last { get; private set; } = ReceiptLink.Beginning;

    /// <summary>Leaves the partner's batches unanswered.</summary>
    public bool IsSilent { get; set; }

    /// <summary>The partner's own list of what it put aside; null before it came.</summary>
    public SyncAck? PutAside { get; private set; }

    /// <summary>The partner's feed was taken to its end and compared.</summary>
    public bool HasTakenAll => _theirStatement is not null;

    /// <summary>Sends a frame as it is.</summary>
    public Task SendAsync(SyncFrame frame) => stream.WriteAsync(frame);

    /// <summary>Sends a batch behind the last one; returns it.</summary>
    public async Task<SyncBatch> SendAsync(IReadOnlyList<SyncChange> changes)
    {
        var to = new FeedCursor { Epoch = At.Epoch, Position = At.Position + 1 };
        var batch = new SyncBatch { Sequence = ++_sequence, From = At, To = to, Changes = { changes } };
        foreach (var change in changes)
        {
            run.Books.Name(
                change.Record?.Kind ?? change.Removal.Kind,
                change.Record?.Id ?? change.Removal.Id,
                change.Record?.Version ?? change.Removal.Version);
        }

        At = to;
        await stream.WriteAsync(new SyncFrame { Batch = batch });
        return batch;
    }

    /// <summary>Sends a batch and returns its acknowledgement.</summary>
    public async Task<SyncAck> GiveAsync(params IReadOnlyList<SyncChange> changes) =>
        await AckAsync(await SendAsync(changes));

    /// <summary>The same for records.</summary>
    public Task<SyncAck> GiveAsync(params IReadOnlyList<Record> records) =>
        GiveAsync([.. records.Select(record => new SyncChange { Record = record })]);

    /// <summary>The same for a removal.</summary>
    public Task<SyncAck> TakeBackAsync(Removal removal) => GiveAsync([new SyncChange { Removal = removal }]);

    /// <summary>Waits for a batch's acknowledgement.</summary>
    public async Task<SyncAck> AckAsync(SyncBatch batch) =>
        await TryAckAsync(batch) ?? throw Missing($"ack {batch.Sequence}");

    /// <summary>The same; null when the call ends instead.</summary>
    public async Task<SyncAck?> TryAckAsync(SyncBatch batch)
    {
        if (await TryUntilAsync(frame => frame.Ack is { Sequence: > 0 }) is not { } frame)
        {
            return null;
        }

        if (frame.Ack.Sequence != batch.Sequence || !batch.To.Equals(frame.Ack.Applied))
        {
            throw new PromiseBrokenException(
                $"ack {frame.Ack.Sequence} came and names {FeedCursors.Text(frame.Ack.Applied)}, where batch "
                + $"{batch.Sequence} ends at {FeedCursors.Text(batch.To)}");
        }

        _given += (ulong)batch.Changes.Count;
        _quarantined += (ulong)frame.Ack.Quarantined.Count;
        return frame.Ack;
    }

    /// <summary>Says that everything was sent, and returns the partner's verdict on a digest.</summary>
    /// <param name="digest">What is said; null for what it should be.</param>
    /// <param name="repairs">Another look is promised if it differs.</param>
    /// <param name="recounted">Both count anew.</param>
    public async Task<SyncVerdict> CompareAsync(
        SyncDigest? digest = null, bool repairs = false, bool recounted = false)
    {
        _said = digest ?? run.Books.Digest();
        var caughtUp = new SyncCaughtUp
        {
            Cursor = At,
            Digest = new SyncDigest { Count = _said.Count, Root = _said.Root },
            Number = ++_number,
            Recounted = recounted,
            Repairs = repairs,
            NextSequence = _sequence + 1,
        };
        await stream.WriteAsync(new SyncFrame { CaughtUp = caughtUp });
        var frame = await UntilAsync($"a verdict on CaughtUp {_number}", frame => frame.Verdict is not null);
        return _verdict = frame.Verdict;
    }

    /// <summary>Asks what the partner holds in some buckets; returns all pages' items.</summary>
    public async Task<List<HeldItem>> InspectAsync(IReadOnlyList<uint> buckets)
    {
        var items = new List<HeldItem>();
        var question = new SyncInspect { Cursor = At, Buckets = { buckets } };
        do
        {
            question = question.Clone();
            question.Number++;
            await stream.WriteAsync(new SyncFrame { Inspect = question });
            var page = (await UntilAsync("an inspection", frame => frame.Inspection is not null)).Inspection;
            items.AddRange(page.Items);
            if (page.Last)
            {
                return items;
            }

            question.After = page.Through;
        }
        while (question.Number < 1000);
        throw new PromiseBrokenException("a thousand pages of an inspection came, and none was the last");
    }

    /// <summary>The statement of a receipt about this session, once both sides have caught up.</summary>
    public async Task<SyncReceiptStatement> StatementAsync()
    {
        var verdict = _verdict ?? await CompareAsync();
        if (!HasTakenAll)
        {
            await UntilAsync("the partner's CaughtUp", _ => HasTakenAll);
        }

        var given = new SyncDirectionStatement
        {
            FromNode = ours.Node,
            From = _began,
            To = At,
            Changes = _given,
            Quarantined = _quarantined,
            DigestRoot = _said.Root,
            DigestCount = _said.Count,
            DigestMatches = verdict.Matches,
        };
        return new SyncReceiptStatement
        {
            SessionId = ours.SessionId,
            AgreementId = ours.AgreementId,
            AgreementVersion = ours.AgreementVersion,
            StartTime = ours.SentTime,
            EndTime = ours.SentTime,
            Directions = { given, _theirStatement },
            PreviousDigest = Last.Digest,
            Number = Last.Number + 1,
            CallerAuditHead = ours.AuditHead,
            CalledAuditHead = theirs.AuditHead,
        };
    }

    /// <summary>Reads on until a frame is the one that was waited for.</summary>
    public async Task<SyncFrame> UntilAsync(string what, Func<SyncFrame, bool> isIt) =>
        await TryUntilAsync(isIt) ?? throw Missing(what);

    /// <summary>The same; null when the call ends instead.</summary>
    public async Task<SyncFrame?> TryUntilAsync(Func<SyncFrame, bool> isIt)
    {
        while (await stream.ReadAsync() is { } frame)
        {
            await AnswerAsync(frame);
            if (isIt(frame))
            {
                return frame;
            }
        }

        return null;
    }

    /// <summary>Reads to the end of the call; returns its failure, null if it ended well.</summary>
    public async Task<SyncFailure?> EndAsync()
    {
        while (await stream.ReadAsync() is { } frame)
        {
            await AnswerAsync(frame);
        }

        return stream.Failure;
    }

    /// <summary>Says that nothing more comes, and reads to the end.</summary>
    public async Task<SyncFailure?> CompleteAsync()
    {
        await stream.CompleteAsync();
        return await EndAsync();
    }

    /// <summary>Cuts the call.</summary>
    public void Dispose() => stream.Dispose();

    private PromiseBrokenException Missing(string what) =>
        new($"{what} didn't come: {KitText.End(stream.Failure)}");

    private async Task AnswerAsync(SyncFrame frame)
    {
        switch (frame.FrameCase)
        {
            case SyncFrame.FrameOneofCase.Batch when !IsSilent:
                var ack = run.Taken.Take(frame.Batch, _taken);
                _taken = frame.Batch.To;
                _came += SyncChanges.AreReturns(frame.Batch.Changes) ? 0 : (ulong)frame.Batch.Changes.Count;
                await stream.WriteAsync(new SyncFrame { Ack = ack });
                break;
            case SyncFrame.FrameOneofCase.CaughtUp when !IsSilent:
                await JudgeAsync(frame.CaughtUp);
                break;
            case SyncFrame.FrameOneofCase.Ack when frame.Ack.Sequence == 0:
                PutAside = frame.Ack;
                break;
            case SyncFrame.FrameOneofCase.Receipt when frame.Receipt.Newest:
                Last = ReceiptLink.Of(frame.Receipt) ?? Last;
                break;
            case SyncFrame.FrameOneofCase.PassedOn when frame.PassedOn.Number > 0:
                var stored = new SyncPassedOn { Stored = frame.PassedOn.Number };
                await stream.WriteAsync(new SyncFrame { PassedOn = stored });
                break;
            default:
                break;
        }
    }

    private async Task JudgeAsync(SyncCaughtUp caughtUp)
    {
        var digest = run.Taken.Digest();
        var matches = caughtUp.Digest?.Count == digest.Count && caughtUp.Digest.Root.Equals(digest.Root);
        if (!matches)
        {
            run.Taken.Faults.Add(
                $"the partner says that it gave {caughtUp.Digest?.Count ?? 0} records, "
                + $"{digest.Count} are held, or others");
        }

        _theirStatement = new SyncDirectionStatement
        {
            FromNode = theirs.Node,
            From = _took,
            To = _taken,
            Changes = _came,
            DigestRoot = caughtUp.Digest?.Root ?? digest.Root,
            DigestCount = caughtUp.Digest?.Count ?? 0,
            DigestMatches = matches,
        };
        await stream.WriteAsync(new SyncFrame
        {
            Verdict = new SyncVerdict
            {
                Cursor = caughtUp.Cursor,
                Matches = matches,
                Digest = matches ? new SyncDigest { Count = digest.Count, Root = digest.Root } : digest,
                Number = caughtUp.Number,
                Recounted = caughtUp.Recounted,
            },
        });
    }
}
