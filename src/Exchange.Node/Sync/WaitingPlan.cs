using Exchange.Store;

namespace Exchange.Node.Sync;

/// <summary>What one commit changes about the records that wait for others.</summary>
internal sealed class WaitingPlan(string collection, DateTimeOffset now)
{
    private static readonly byte[] Present = [1];

    private readonly Dictionary<RecordKey, WaitingRow> _before = [];
    private readonly Dictionary<RecordKey, IReadOnlyList<RecordKey>> _misses = [];
    private readonly Dictionary<RecordKey, WaitingRow> _mended = [];
    private readonly HashSet<RecordKey> _brings = [];
    private readonly HashSet<RecordKey> _came = [];
    private Dictionary<RecordKey, WaitingRow> _after = [];

    /// <summary>Records that wait no longer.</summary>
    public IReadOnlyList<RecordKey> Settled { get; private set; } = [];

    /// <summary>How many more records wait.</summary>
    public long Growth { get; private set; }

    /// <summary>Nothing waits, and nothing that waited is concerned.</summary>
    public bool IsEmpty => _before.Count + _misses.Count == 0;

    /// <summary>What the loaded rows wait for.</summary>
    public IEnumerable<RecordKey> Awaited =>
        _before.Values.Concat(_mended.Values).SelectMany(row => row.Missing).Distinct();

    /// <summary>Takes in what stands in the store.</summary>
    public void Load(RecordKey waiter, WaitingRow row) => _before[waiter] = row;

    /// <summary>What a record waits for whose loaded row is damaged; nothing any more when the list is empty.</summary>
    public void Mend(RecordKey waiter, IReadOnlyList<RecordKey> missing) =>
        _mended[waiter] = new WaitingRow(now, missing);

    /// <summary>A record names others that aren't here.</summary>
    public void Misses(IncomingChange change, IReadOnlyList<RecordKey> missing) => _misses[change.Key] = missing;

    /// <summary>A record that others wait for is in this commit.</summary>
    public void Brings(IncomingChange change) => _brings.Add(change.Key);

    /// <summary>A record that others wait for is here already, or never comes.</summary>
    public void Came(RecordKey key) => _came.Add(key);

    /// <summary>What a record waits for after the commit; null when it doesn't.</summary>
    public WaitingRow? Find(RecordKey record) => _after.GetValueOrDefault(record);

    /// <summary>
    /// Works out inside the commit what to write. What was skipped there, because something newer stands in its place,
    /// changes nothing. May run again.
    /// </summary>
    /// <param name="applied">The records that the commit wrote.</param>
    public List<EntryWrite> Finish(IReadOnlySet<RecordKey> applied)
    {
        _after = new Dictionary<RecordKey, WaitingRow>(_before);
        foreach (var (waiter, row) in _mended)
        {
            Drop(waiter, row, []);
        }

        foreach (var record in applied)
        {
            if (_misses.TryGetValue(record, out var missing))
            {
                _after[record] = new WaitingRow(_before.GetValueOrDefault(record)?.Time ?? now, missing);
            }
            else
            {
                _after.Remove(record);
            }
        }

        var came = _brings.Where(applied.Contains).Concat(_came).ToHashSet();
        foreach (var (waiter, row) in _after.Where(_ => came.Count > 0).ToList())
        {
            Drop(waiter, row, came);
        }

        Settled = [.. _before.Keys.Where(record => !_after.ContainsKey(record))];
        Growth = _after.Count - _before.Count;
        return Entries(came);
    }

    private void Drop(RecordKey waiter, WaitingRow row, HashSet<RecordKey> came)
    {
        var left = row.Missing.Where(key => !came.Contains(key)).ToList();
        if (left.Count == 0)
        {
            _after.Remove(waiter);
        }
        else
        {
            _after[waiter] = row with { Missing = left };
        }
    }

    private List<EntryWrite> Entries(HashSet<RecordKey> came)
    {
        var entries = new List<EntryWrite>();
        foreach (var (waiter, row) in _before)
        {
            foreach (var missing in row.Missing.Except(Find(waiter)?.Missing ?? []))
            {
                entries.Add(EntryWrite.Delete(collection, WaitingRow.Awaited(missing, waiter)));
            }

            if (Find(waiter) is null)
            {
                entries.Add(EntryWrite.Delete(collection, WaitingRow.Waiter(waiter)));
            }
        }

        entries.AddRange(came.Select(key => EntryWrite.Delete(collection, WaitingRow.Awaited(key))));
        foreach (var (waiter, row) in _after.Where(pair => pair.Value != _before.GetValueOrDefault(pair.Key)))
        {
            entries.Add(new EntryWrite(collection, WaitingRow.Waiter(waiter), row.ToBytes()));
            foreach (var missing in row.Missing)
            {
                entries.Add(new EntryWrite(collection, WaitingRow.Awaited(missing), Present));
                entries.Add(new EntryWrite(collection, WaitingRow.Awaited(missing, waiter), Present));
            }
        }

        return entries;
    }
}
