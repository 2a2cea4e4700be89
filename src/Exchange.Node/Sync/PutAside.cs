using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>
/// Copies in whose place another node's came. Nothing is kept of them but what their giver's digest goes on counting,
/// until it takes them back itself.
/// </summary>
internal static class PutAside
{
    /// <summary>Adds the entries that say so to a commit.</summary>
    /// <param name="store">The node's store.</param>
    /// <param name="giver">Who gave the copies.</param>
    /// <param name="copies">The copies as they are stored, with when and why each was dropped.</param>
    /// <param name="entries">The commit's entries.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public static async Task AddAsync(
        IRecordStore store,
        string giver,
        IReadOnlyList<(StoredRecord Stored, Discard Discard)> copies,
        List<EntryWrite> entries,
        CancellationToken cancellationToken)
    {
        var standing = (await store.GetEntriesAsync(
            IncomingState.Collection(giver), [IncomingState.Key], cancellationToken))[0];
        var state = standing is { } bytes ? IncomingState.Read(bytes.Span) : new IncomingState();
        foreach (var (stored, discard) in copies)
        {
            var row = new QuarantineRow
            {
                Reason = ErrorReason.ChangeHeldFromAnother,
                Message = discard.Reason,
                Version = stored.Version,
                Revision = stored.Revision,
                Epoch = state.Cursor.Epoch,
                Item = StoredEnvelope.Item(stored),
                Time = discard.Time,
                Sealed = default,
                Discarded = discard,
            };
            entries.Add(new EntryWrite(
                QuarantineRow.Collection(giver), RecordKeyBytes.Of(stored.Key), row.ToBytes()));
        }

        var next = state with { Quarantined = state.Quarantined + (ulong)copies.Count };
        entries.Add(new EntryWrite(
            IncomingState.Collection(giver), IncomingState.Key, next.ToBytes(), new EntryExpectation(standing)));
    }
}
