using Exchange.Store.Embedded;

namespace Exchange.Store.Memory;

/// <summary>
/// The rows, and what undoes each change of the present transaction. The lock is held from Begin to Commit, so that no
/// reader sees half a transaction.
/// </summary>
internal sealed class MemoryWriter(Lock guard) : MemoryView, IEngineWriter
{
    private readonly Stack<Action> _undo = new();

    public void Begin() => guard.Enter();

    public void Commit()
    {
        _undo.Clear();
        guard.Exit();
    }

    public void Rollback()
    {
        if (!guard.IsHeldByCurrentThread)
        {
            return;
        }

        while (_undo.TryPop(out var undo))
        {
            undo();
        }

        guard.Exit();
    }

    /// <summary>Takes over all rows of another; rows are never changed, so that both may hold the same.</summary>
    public void Fill(MemoryWriter other)
    {
        foreach (var record in other.Records)
        {
            Add(record);
        }

        Keys.UnionWith(other.Keys);
        EntryRows.UnionWith(other.EntryRows);
    }

    public void Insert(StoredRecord record)
    {
        // The caller may use its buffers again once the commit is through.
        var own = new StoredRecord
        {
            Key = record.Key,
            Version = record.Version,
            Revision = record.Revision,
            IsTombstone = record.IsTombstone,
            Envelope = record.Envelope.ToArray(),
            Payload = record.Payload.ToArray(),
            Keys = [.. record.Keys],
            PreviousKeys = record.PreviousKeys,
            Position = record.Position,
        };
        Add(own);
        _undo.Push(() => Remove(own));
    }

    public void Delete(StoredRecord record)
    {
        Remove(record);
        _undo.Push(() => Add(record));
    }

    public void AddKey(RecordKey record, IndexKey key)
    {
        var row = KeyRow.Of(record, key);
        Keys.Add(row);
        _undo.Push(() => Keys.Remove(row));
    }

    public void RemoveKey(RecordKey record, IndexKey key)
    {
        var row = KeyRow.Of(record, key);
        Keys.Remove(row);
        _undo.Push(() => Keys.Add(row));
    }

    public Guid? FindUnique(string kind, string index, string value)
    {
        var wanted = KeyRow.Of(new RecordKey(kind, Guid.Empty), new IndexKey(index, value));
        foreach (var row in Keys.GetViewBetween(wanted, wanted with { Id = Guid.AllBitsSet }))
        {
            if (row.Unique)
            {
                return row.Id;
            }
        }

        return null;
    }

    public void PutEntry(string collection, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        DeleteEntry(collection, key);
        var row = new EntryRow(collection, key.ToArray(), value.ToArray());
        EntryRows.Add(row);
        _undo.Push(() => EntryRows.Remove(row));
    }

    public void DeleteEntry(string collection, ReadOnlySpan<byte> key)
    {
        if (EntryRows.TryGetValue(new EntryRow(collection, key.ToArray()), out var old))
        {
            EntryRows.Remove(old);
            _undo.Push(() => EntryRows.Add(old));
        }
    }

    public List<StoredRecord> Tombstones(long after, long upTo, int limit) =>
        [.. Records.GetViewBetween(At(after + 1), At(Math.Max(after + 1, upTo)))
            .Where(record => record.IsTombstone && record.Position.Value <= upTo)
            .Take(limit)];
}
