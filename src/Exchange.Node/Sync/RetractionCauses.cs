using Exchange.Node.Placements;
using Exchange.Node.Records;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>
/// What a local write must queue for partners, in its own commit, because it may take away their right to hold
/// something. The queue is read before the feed, so a retraction overtakes everything that waits there.
///
/// Asks the register only for writes that can take something back: a first version never costs a read here. A view that
/// a session registers at the very same moment is found by the feed instead, where the new version stands as well.
/// </summary>
internal sealed class RetractionCauses(IRecordStore store, SyncPeers peers, RecordKinds kinds, TimeProvider time)
{
    private const int PageSize = 1000;

    /// <summary>Whether the change from one version of a record to the next can take a right to hold it away.</summary>
    /// <param name="before">The envelope that stands in the store.</param>
    /// <param name="after">The one that replaces it.</param>
    public static bool IsCause(Record before, Record after) =>
        before.State != after.State
        || !Equals(before.LegalBasis, after.LegalBasis)
        || !before.ScopeKeys.Equals(after.ScopeKeys);

    /// <summary>The entries to write together with a change that <see cref="IsCause"/> found.</summary>
    /// <param name="key">The record.</param>
    /// <param name="before">The envelope that stands in the store.</param>
    /// <param name="after">The one that replaces it.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <param name="deliverBy">By when what is taken back must be gone; null when no such moment was set.</param>
    public async Task<IReadOnlyList<EntryWrite>> FindAsync(
        RecordKey key,
        Record before,
        Record after,
        CancellationToken cancellationToken,
        DateTimeOffset? deliverBy = null)
    {
        if (peers.All.Count == 0)
        {
            return [];
        }

        var records = new List<RecordKey> { key };
        if (kinds.Find(key.Kind) is { IsPersonal: true } && before.SubjectIds.Contains(key.Id.ToString()))
        {
            // What names this person follows its basis.
            records.AddRange(await NamingAsync(key.Id.ToString(), cancellationToken));
        }

        if (after.State != RecordState.Active)
        {
            // What brought a person into sight may have been this record alone.
            records.AddRange(PlacementEventKind.WorkersOf(key.Kind, before));
        }

        return await DisclosedAsync(records, deliverBy, cancellationToken);
    }

    /// <summary>
    /// The entries to write together with a change of a record whose envelope was damaged: whatever may have hung on it
    /// is looked at once more.
    /// </summary>
    /// <param name="key">The record.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <param name="deliverBy">By when what is taken back must be gone; null when no such moment was set.</param>
    public async Task<IReadOnlyList<EntryWrite>> UnreadableAsync(
        RecordKey key, CancellationToken cancellationToken, DateTimeOffset? deliverBy = null)
    {
        var naming = await NamingAsync(key.Id.ToString(), cancellationToken);
        return await DisclosedAsync([key, .. naming], deliverBy, cancellationToken);
    }

    /// <summary>The queue entries for those of some records that a partner was ever given.</summary>
    /// <param name="records">The records.</param>
    /// <param name="deliverBy">By when they must be gone there; null when no such moment was set.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<IReadOnlyList<EntryWrite>> DisclosedAsync(
        IReadOnlyList<RecordKey> records, DateTimeOffset? deliverBy, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var cause = Guid.CreateVersion7(now);
        var keys = records.Select(record => (ReadOnlyMemory<byte>)RecordKeyBytes.Of(record)).ToList();
        var entries = new List<EntryWrite>();
        foreach (var peer in peers.All)
        {
            var rows = await DisclosureRegister.FindAsync(store, peer.Node, keys, cancellationToken);
            for (var i = 0; i < rows.Length; i++)
            {
                if (rows[i] is not null)
                {
                    entries.Add(ReprojectionQueue.Ask(peer.Node, records[i], cause, new Ask(now, deliverBy)));
                }
            }
        }

        return entries;
    }

    /// <summary>The records of this node that name a person and aren't the person's own.</summary>
    public async Task<IReadOnlyList<RecordKey>> NamingAsync(string subject, CancellationToken cancellationToken)
    {
        var found = new List<RecordKey>();
        foreach (var kind in kinds.All.Where(kind => kind.IsPersonal))
        {
            var query = new RecordQuery(kind.Name) { Index = IndexNames.Subject, Value = subject, Limit = PageSize };
            await foreach (var record in store.QueryAllAsync(query, cancellationToken))
            {
                found.Add(record.Key);
            }
        }

        return found;
    }
}
