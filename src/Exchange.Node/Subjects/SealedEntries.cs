using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.Node.Trust;
using Exchange.Store;

namespace Exchange.Node.Subjects;

/// <summary>
/// Seals anew what is sealed outside records: quarantined changes, and what undoable streams replaced.
/// </summary>
internal sealed class SealedEntries(IRecordStore store, SyncPeers peers, DataKeys keys)
{
    /// <summary>Seals anew whatever is sealed under some keys; returns how much that was.</summary>
    /// <param name="isOld">
    /// Says of a key whether what it sealed is meant; null is the node's one key of earlier times.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<int> SealAnewAsync(Predicate<SealedUnder?> isOld, CancellationToken cancellationToken)
    {
        var count = 0;
        foreach (var peer in peers.All)
        {
            count += await SealAnewAsync(
                QuarantineRow.Collection(peer.Node), entry => Quarantined(entry, isOld), cancellationToken);
        }

        return count + await SealAnewAsync(PutScope.Undo, entry => Undoable(entry, isOld), cancellationToken);
    }

    private async Task<int> SealAnewAsync(
        string collection, Func<Entry, byte[]?> sealAnew, CancellationToken cancellationToken)
    {
        var count = 0;
        await foreach (var entry in store.ReadAllEntriesAsync(collection, default, cancellationToken))
        {
            try
            {
                if (sealAnew(entry) is { } value)
                {
                    var write = new EntryWrite(collection, entry.Key, value, new EntryExpectation(entry.Value));
                    await store.CommitAsync(new Commit { Entries = [write] }, cancellationToken);
                    count++;
                }
            }
            catch (Exception exception) when (exception is EntryConflictException || StoredDamage.Is(exception))
            {
                // Something newer took its place just now, or nobody can read it any more.
            }
        }

        return count;
    }

    private byte[]? Quarantined(Entry entry, Predicate<SealedUnder?> isOld)
    {
        var row = QuarantineRow.Read(entry.Value.Span);
        return row.Discarded is null && SealAnew(RecordKeyBytes.Read(entry.Key.Span), row.Sealed, isOld) is { } bytes
            ? (row with { Sealed = bytes }).ToBytes()
            : null;
    }

    private byte[]? Undoable(Entry entry, Predicate<SealedUnder?> isOld)
    {
        var undo = UndoEntry.Read(entry.Value);
        return SealAnew(undo.Key, undo.Payload, isOld) is { } bytes ? (undo with { Payload = bytes }).ToBytes() : null;
    }

    private byte[]? SealAnew(RecordKey record, ReadOnlyMemory<byte> sealedBytes, Predicate<SealedUnder?> isOld)
    {
        if (!DataKeys.IsSealed(sealedBytes.Span))
        {
            return null;
        }

        var under = SealedUnder.Read(sealedBytes.Span);
        return isOld(under) ? keys.Reseal(under?.Id ?? record.Id, record, sealedBytes.Span) : null;
    }
}
