using Exchange.Node.Records;
using Exchange.Node.Subjects;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>
/// Finds what a peer still holds although its record is gone here without a trace: the peer was away so long that the
/// tombstones were dropped, and only the register remembers.
/// </summary>
internal sealed class LostTombstones(IRecordStore store, RecordCodec codec, FlowTerms terms)
{
    private static readonly byte[] Deleted = new RemovalNote(RemovalReason.Deleted, 0).ToBytes();

    /// <summary>
    /// Goes through the register from a key on, up to the first page that has something to take back.
    /// </summary>
    /// <param name="after">The last key looked at; empty for the beginning.</param>
    /// <param name="state">What is remembered of the peer.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>What to take back, and where to go on; null at the end.</returns>
    public async Task<(List<Candidate> Found, ReadOnlyMemory<byte>? Next)> ReadAsync(
        ReadOnlyMemory<byte> after, OutgoingState state, CancellationToken cancellationToken)
    {
        while (true)
        {
            var entries = await store.ReadEntriesAsync(
                DisclosureRegister.Collection(terms.To), default, after, terms.MaxChanges, cancellationToken);
            if (entries.Count == 0)
            {
                return ([], null);
            }

            after = entries[^1].Key;
            var keys = entries.Select(entry => RecordKeyBytes.Read(entry.Key.Span)).ToList();
            var records = await store.GetManyAsync(keys, cancellationToken);
            var found = new List<Candidate>();
            for (var i = 0; i < keys.Count; i++)
            {
                var row = DisclosureRow.Read(entries[i].Value.Span);
                if (records[i] is null && !(row.IsWithdrawn && state.IsHeld(row)))
                {
                    var gone = await MakeAsync(keys[i], row.Version, cancellationToken);
                    found.Add(new Candidate(gone, entries[i].Key, null, row, Sight: null));
                }
            }

            if (found.Count > 0)
            {
                await OpenRetractions.AddToAsync(found, store, terms.To, state, cancellationToken);
                return (found, after);
            }
        }
    }

    /// <summary>What would stand here of a record that is gone without a trace.</summary>
    public async Task<StoredRecord> MakeAsync(
        RecordKey key, Store.RecordVersion version, CancellationToken cancellationToken)
    {
        var erased = await store.GetEntriesAsync(
            ErasureRow.RecordsCollection, [RecordKeyBytes.Of(key)], cancellationToken);
        var state = erased[0] is null ? RecordState.Deleted : RecordState.Erased;
        var gone = new Record { HomeNode = terms.From, State = state };
        return new StoredRecord
        {
            Key = key,
            Version = version,
            IsTombstone = true,
            Envelope = codec.Encode(key, gone, Deleted).Envelope,
        };
    }
}
