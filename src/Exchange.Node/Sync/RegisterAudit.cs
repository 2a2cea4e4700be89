using System.Security.Cryptography;
using Exchange.Node.Records;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>
/// Counts anew what the register says that a peer holds, and holds each row against this node's own record: whether
/// that is sound, and whether the view that the peer should have of it is the one that was sent.
/// </summary>
internal sealed class RegisterAudit(
    IRecordStore store, RecordCodec codec, FlowTerms terms, CandidateReader reader, ViewMaker views)
{
    private const int PageSize = 1000;

    /// <summary>The sums of the register.</summary>
    public DigestSums Sums { get; } = new();

    /// <summary>Views that aren't what the register says.</summary>
    public RepairList Differing { get; } = new();

    /// <summary>Own records that are damaged or gone.</summary>
    public RepairList Lasting { get; } = new();

    /// <summary>Looks at the next page.</summary>
    /// <param name="after">The key up to which was looked; empty for the beginning.</param>
    /// <param name="state">What is remembered of the peer.</param>
    /// <param name="hasher">Computes the items.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>What to queue for another sending, and where to go on; null at the end.</returns>
    public async Task<(List<EntryWrite> Queue, ReadOnlyMemory<byte>? Next)> ReadAsync(
        ReadOnlyMemory<byte> after, OutgoingState state, PageHasher hasher, CancellationToken cancellationToken)
    {
        var entries = await store.ReadEntriesAsync(
            DisclosureRegister.Collection(terms.To), default, after, PageSize, cancellationToken);
        var given = new List<(RecordKey Key, DisclosureRow Row)>(entries.Count);
        foreach (var entry in entries)
        {
            var row = DisclosureRow.Read(entry.Value.Span);
            if (!row.IsWithdrawn)
            {
                Sums.Add(hasher.Bucket(entry.Key.Span), row.Item);
                given.Add((RecordKeyBytes.Read(entry.Key.Span), row));
            }
        }

        var queue = await CompareAsync(given, state, hasher, cancellationToken);
        return (queue, entries.Count < PageSize ? (ReadOnlyMemory<byte>?)null : entries[^1].Key);
    }

    /// <summary>Whether an own record's payload is the one that was written.</summary>
    public static bool IsSound(RecordCodec codec, StoredRecord stored)
    {
        try
        {
            // Records of earlier versions of the program have no hash; sealed ones prove themselves.
            var hash = RecordCodec.Envelope(stored).PayloadHash;
            var payload = codec.Payload(stored);
            return stored.IsTombstone || hash.IsEmpty || hash.Span.SequenceEqual(SHA256.HashData(payload.Span));
        }
        catch (Exception exception) when (StoredDamage.Is(exception))
        {
            return false;
        }
    }

    private async Task<List<EntryWrite>> CompareAsync(
        List<(RecordKey Key, DisclosureRow Row)> given,
        OutgoingState state,
        PageHasher hasher,
        CancellationToken cancellationToken)
    {
        var records = await store.GetManyAsync([.. given.Select(row => row.Key)], cancellationToken);
        var same = new List<StoredRecord?>(records.Count);
        for (var i = 0; i < given.Count; i++)
        {
            var (key, row) = given[i];
            if (records[i] is not { } stored)
            {
                // Queued for a repair it would be taken back from the peer, as all is that isn't here: and what the
                // peer has of it may be the last there is. A person restores a backup.
                Lasting.Add(key.Kind, key.Id.ToString(), RepairCause.MissingAtGiver, terms.From);
            }
            else if (!IsSound(codec, stored))
            {
                Lasting.Add(key.Kind, key.Id.ToString(), RepairCause.ContentDiffersAtGiver, terms.From);
            }
            else if (stored.Version == row.Version)
            {
                // A later version is on its way through the feed.
                same.Add(stored);
            }
        }

        var queue = new List<EntryWrite>();
        foreach (var candidate in await reader.ReadAsync(same, state, areNew: false, cancellationToken))
        {
            if (candidate.Row is { IsWithdrawn: false } row && !IsAsGiven(candidate, row, hasher)
                && !await IsQueuedAsync(candidate, cancellationToken))
            {
                var key = candidate.Stored.Key;
                Differing.Add(key.Kind, key.Id.ToString(), RepairCause.ViewDiffersAtGiver, terms.From);
                queue.Add(RepairQueue.Add(terms.To, candidate.Key, new HeldView(row.Version, row.Revision)));
            }
        }

        return queue;
    }

    // A local system has changed what the peer may see just now: that is on its way, and nothing differs.
    private async Task<bool> IsQueuedAsync(Candidate candidate, CancellationToken cancellationToken)
    {
        var queued = await store.ReadEntriesAsync(
            ReprojectionQueue.Collection(terms.To), candidate.Key, default, 1, cancellationToken);
        return queued.Count > 0;
    }

    private bool IsAsGiven(Candidate candidate, DisclosureRow row, PageHasher hasher)
    {
        var envelope = RecordCodec.Envelope(candidate.Stored);
        var verdict = Admission.Judge(terms, candidate, envelope);
        if (!verdict.IsFlowing)
        {
            return false;
        }

        try
        {
            var view = views.Make(candidate, envelope, verdict, hasher);
            return view.Revision == row.Revision && view.Item == row.Item;
        }
        catch (Exception exception) when (StoredDamage.Is(exception))
        {
            // Written so, and never sent since: the page that would have sent it has told.
            return true;
        }
    }
}
