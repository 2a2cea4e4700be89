using Exchange.Node.Records;
using Exchange.Store;
using Exchange.V1;
using RecordVersion = Exchange.Store.RecordVersion;

namespace Exchange.Node.Sync;

/// <summary>
/// Holds what a peer says that it holds against the register, and decides what is to be sent again or taken back.
/// </summary>
internal sealed class RegisterComparison(IRecordStore store, RecordCodec codec, FlowTerms terms)
{
    private const int PageSize = 1000;

    private readonly RepairList _mended = new();
    private readonly RepairList _refused = new();

    /// <summary>What to queue.</summary>
    public List<EntryWrite> Queue { get; } = [];

    /// <summary>Compares up to a page of the register.</summary>
    /// <param name="question">What the peer was asked.</param>
    /// <param name="page">Its answer, found to be in order.</param>
    /// <param name="after">From which key on the page is still to be compared.</param>
    /// <param name="state">What is remembered of the peer.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<Comparison> RunAsync(
        SyncInspect question,
        SyncInspection page,
        ReadOnlyMemory<byte> after,
        OutgoingState state,
        CancellationToken cancellationToken)
    {
        var through = page.Last ? (ReadOnlyMemory<byte>?)null : page.Through.Memory;
        var entries = await store.ReadEntriesAsync(
            DisclosureRegister.Collection(terms.To), default, after, PageSize, cancellationToken);
        var goesOn = entries.Count == PageSize && IsWithin(entries[^1].Key, through);
        var next = goesOn ? entries[^1].Key : (ReadOnlyMemory<byte>?)null;
        var end = next ?? through;

        var pairs = new SortedList<byte[], Pair>(Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)));
        foreach (var entry in entries.Where(entry => IsWithin(entry.Key, end)))
        {
            pairs[entry.Key.ToArray()] = new Pair(DisclosureRow.Read(entry.Value.Span), null);
        }

        foreach (var item in page.Items)
        {
            var key = InspectionCheck.KeyOf(item)!;
            if (key.AsSpan().SequenceCompareTo(after.Span) > 0 && IsWithin(key, end))
            {
                pairs[key] = new Pair(pairs.GetValueOrDefault(key)?.Row, item);
            }
        }

        await DecideAsync(Differing(question, pairs), state, cancellationToken);
        return new Comparison(_mended.ToMessage(), _refused.ToMessage(), next);
    }

    private List<Difference> Differing(SyncInspect question, SortedList<byte[], Pair> pairs)
    {
        var wanted = new bool[DigestItem.BucketCount];
        foreach (var bucket in question.Buckets)
        {
            wanted[bucket] = true;
        }

        using var hasher = new PageHasher(terms.DigestKey);
        var differing = new List<Difference>();
        foreach (var (key, pair) in pairs)
        {
            if (wanted[hasher.Bucket(key)] && pair.Cause() is { } cause)
            {
                differing.Add(new Difference(RecordKeyBytes.Read(key), key, pair, cause));
            }
        }

        return differing;
    }

    private async Task DecideAsync(
        List<Difference> differing, OutgoingState state, CancellationToken cancellationToken)
    {
        var records = await store.GetManyAsync([.. differing.Select(found => found.Key)], cancellationToken);
        for (var i = 0; i < differing.Count; i++)
        {
            var found = differing[i];
            var cause = found.Pair.IsGiven
                ? JudgeGiven(found, records[i])
                : JudgeStray(found, records[i], state);
            if (cause is RepairCause.NewerAtReceiver or RepairCause.MissingAtGiver)
            {
                Note(_refused, found, cause.Value);
            }
            else if (cause is { } mended)
            {
                Note(_mended, found, mended);
                Queue.Add(RepairQueue.Add(terms.To, found.KeyBytes, found.Pair.Held));
            }
        }
    }

    // What is the matter with the giver's own copy is told by the count that comes next; it can't be sent.
    private RepairCause? JudgeGiven(Difference found, StoredRecord? stored)
    {
        if (stored is null || !RegisterAudit.IsSound(codec, stored))
        {
            return null;
        }

        return found.Pair.Held.Version.CompareTo(stored.Version) > 0 ? RepairCause.NewerAtReceiver : found.Cause;
    }

    // A node that was restored from a backup may have lost the record: then the peer's view is the last there is of it,
    // and it is left where it is, for a person to look at, rather than taken back.
    private RepairCause JudgeStray(Difference found, StoredRecord? stored, OutgoingState state)
    {
        var mayBeLost = state.EpochEra > 0 && found.Pair is { Row: null, Item.Place: not HeldPlace.Damaged }
            && found.Pair.Held.Version.Node == terms.From;
        return stored is null && mayBeLost ? RepairCause.MissingAtGiver : found.Cause;
    }

    private void Note(RepairList list, Difference found, RepairCause cause)
    {
        var isGivers = cause is RepairCause.UnknownToGiver or RepairCause.MissingAtGiver;
        list.Add(found.Key.Kind, found.Key.Id.ToString(), cause, isGivers ? terms.From : terms.To);
    }

    private static bool IsWithin(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte>? through) =>
        through is not { } end || key.Span.SequenceCompareTo(end.Span) <= 0;

    private sealed record Pair(DisclosureRow? Row, HeldItem? Item)
    {
        public bool IsGiven => Row is { IsWithdrawn: false };

        public HeldView Held => Item is null
            ? HeldView.Nothing
            : new HeldView(new RecordVersion(Item.Version.Clock, Item.Version.Node), Item.Revision);

        /// <summary>What differs; null when nothing does.</summary>
        public RepairCause? Cause()
        {
            var isDamaged = Item is { Place: HeldPlace.Damaged };
            var isHeld = Item is { Item.IsEmpty: false } && !isDamaged;
            if (Row is { IsWithdrawn: false } row)
            {
                return isDamaged ? RepairCause.DamagedAtReceiver
                    : !isHeld ? RepairCause.MissingAtReceiver
                    : DigestItem.Read(Item!.Item.Span) == row.Item ? null
                    : RepairCause.ContentDiffersAtReceiver;
            }

            return !isHeld && !isDamaged ? null
                : Row is null ? RepairCause.UnknownToGiver
                : RepairCause.WithdrawnAtGiver;
        }
    }

    private sealed record Difference(RecordKey Key, byte[] KeyBytes, Pair Pair, RepairCause Cause);
}
