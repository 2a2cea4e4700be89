using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.Sync;

/// <summary>
/// What the giving half does about a difference: asks the peer, page by page, what it holds in the buckets that differ,
/// has each page held against the register, and has the digests compared once more, counted anew. Two rounds a session
/// at most, so that it always ends.
/// </summary>
internal sealed class RepairRounds(List<SyncAction> actions)
{
    private const int MaxRounds = 2;

    private readonly RepairLog _log = new();
    private SyncRepairs? _theirs;
    private SyncDigest _digest = new();
    private uint[] _buckets = [];
    private SyncInspect _question = new();
    private SyncInspection? _page;
    private Phase _phase;
    private int _rounds;
    private uint _number;
    private bool _matches;

    private enum Phase
    {
        Idle,
        Due,
        Asking,
        Comparing,
    }

    /// <summary>The next digest is to be counted anew.</summary>
    public bool Recounts { get; private set; }

    /// <summary>The digest that the peer compared last was counted anew by both.</summary>
    public bool WasRecounted { get; private set; }

    /// <summary>Another difference would be looked into.</summary>
    public bool MayRepair => _rounds < MaxRounds;

    /// <summary>A difference is being looked into.</summary>
    public bool IsOpen => _phase != Phase.Idle;

    /// <summary>The peer owes a page.</summary>
    public bool IsOwed => _phase == Phase.Asking;

    /// <summary>The source compares a page, and writes what is to be sent again.</summary>
    public bool IsComparing => _phase == Phase.Comparing;

    /// <summary>What was found, as the CaughtUp under way says it.</summary>
    public SyncRepairs? Said => _log.IsEmpty ? null : _log.ToMessage(isProven: true);

    /// <summary>What both sides found in this direction.</summary>
    public SyncRepairs Found => RepairLog.Merge([_log.ToMessage(_matches), RepairLog.Judge(_theirs, _matches)]);

    /// <summary>The session begins.</summary>
    /// <param name="verify">The first digest is counted anew, too.</param>
    public void Begin(bool verify) => Recounts = verify;

    /// <summary>Takes a digest; true when something must be sent before it can be said.</summary>
    public bool Digested(SyncDigest digest, Recount? recount)
    {
        _digest = digest;
        if (recount is null)
        {
            return false;
        }

        var sendsFirst = recount.IsQueued && MayRepair;
        _rounds += sendsFirst ? 1 : 0;
        _log.Counted(recount, sendsFirst);
        return sendsFirst;
    }

    /// <summary>Takes the peer's verdict on the last digest.</summary>
    /// <param name="verdict">The verdict.</param>
    /// <param name="saidToRepair">The CaughtUp promised to look into a difference.</param>
    public SyncFailure? Judged(SyncVerdict verdict, bool saidToRepair)
    {
        _theirs = verdict.Found;
        _matches = verdict.Matches;

        // A live session outlives its differences: each has its rounds.
        _rounds = verdict.Matches ? 0 : _rounds;
        if (verdict.Matches)
        {
            _log.Settle();
        }

        WasRecounted = Recounts && verdict.Recounted;
        Recounts = !verdict.Matches && verdict.Inspects && saidToRepair;
        if (!Recounts)
        {
            return null;
        }

        var theirs = verdict.Digest?.Buckets ?? ByteString.Empty;
        if (Differing(_digest.Buckets.Span, theirs.Span) is not { Length: > 0 } buckets)
        {
            return SyncFailure.Protocol("the verdict's digest differs, but its buckets don't");
        }

        _rounds++;
        _log.BeginRound();
        _buckets = buckets;
        _phase = Phase.Due;
        return null;
    }

    /// <summary>Begins to ask; everything that was sent is applied up to the cursor and confirmed.</summary>
    public void Pump(FeedCursor cursor)
    {
        if (_phase == Phase.Due)
        {
            Ask(cursor, ByteString.Empty);
        }
    }

    /// <summary>Takes a page of what the peer holds.</summary>
    public SyncFailure? InspectionReceived(SyncInspection page)
    {
        if (page.Number < _number || (page.Number == _number && _phase != Phase.Asking))
        {
            // A repeat.
            return null;
        }

        if (page.Number > _number)
        {
            return SyncFailure.Protocol($"inspection {page.Number} came, but the last question is {_number}");
        }

        if (InspectionCheck.Check(_question, page) is { } failure)
        {
            return failure;
        }

        _page = page;
        _phase = Phase.Comparing;
        actions.Add(new SyncAction.CompareInspection(_question, page, _question.After.Memory));
        return null;
    }

    /// <summary>Takes what came of a page; true when that was the last one.</summary>
    public bool Compared(Comparison comparison)
    {
        _log.Compared(comparison);
        var page = _page!;
        if (comparison.Next is { } next)
        {
            actions.Add(new SyncAction.CompareInspection(_question, page, next));
            return false;
        }

        _page = null;
        if (page.Last)
        {
            _phase = Phase.Idle;
            return true;
        }

        Ask(_question.Cursor, page.Through);
        return false;
    }

    private void Ask(FeedCursor cursor, ByteString after)
    {
        _phase = Phase.Asking;
        _question = new SyncInspect { Number = ++_number, Cursor = cursor, After = after };
        _question.Buckets.AddRange(_buckets);
        actions.Add(new SyncAction.Send(new SyncFrame { Inspect = _question }));
    }

    // The buckets as the contract lays them out: a count of 8 bytes and a sum of 16 each.
    private static uint[]? Differing(ReadOnlySpan<byte> ours, ReadOnlySpan<byte> theirs)
    {
        const int Length = DigestSums.BucketLength;
        if (ours.Length != DigestItem.BucketCount * Length || theirs.Length != ours.Length)
        {
            return null;
        }

        var differing = new List<uint>();
        for (var at = 0; at < ours.Length; at += Length)
        {
            if (!ours.Slice(at, Length).SequenceEqual(theirs.Slice(at, Length)))
            {
                differing.Add((uint)(at / Length));
            }
        }

        return [.. differing];
    }
}
