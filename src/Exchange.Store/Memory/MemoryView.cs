using System.Text;
using Exchange.Store.Embedded;

namespace Exchange.Store.Memory;

/// <summary>Ordered sets of rows, read as an engine on disk would read them.</summary>
internal abstract class MemoryView : IEngineView
{
    /// <summary>The feed: records by position.</summary>
    protected SortedSet<StoredRecord> Records { get; } =
        new(Comparer<StoredRecord>.Create((a, b) => a.Position.CompareTo(b.Position)));

    protected SortedSet<KeyRow> Keys { get; } = new(KeyRow.Order);

    protected SortedSet<EntryRow> EntryRows { get; } = new(EntryRow.Order);

    private SortedDictionary<string, SortedSet<StoredRecord>> ById { get; } = new(StringComparer.Ordinal);

    public StoredRecord? Find(RecordKey key) =>
        ById.TryGetValue(key.Kind, out var records) && records.TryGetValue(WithId(key), out var found) ? found : null;

    public Slice<StoredRecord> Feed(long after, SliceSize size) =>
        Take(Records.GetViewBetween(At(after + 1), At(long.MaxValue)), size, record => record);

    public Slice<StoredRecord> ByKind(string kind, Guid? after, SliceSize size)
    {
        if (!ById.TryGetValue(kind, out var records))
        {
            return new([], false);
        }

        var behind = records
            .GetViewBetween(WithId(new(kind, after ?? Guid.Empty)), WithId(new(kind, Guid.AllBitsSet)))
            .Where(record => !record.IsTombstone && record.Key.Id != after);
        return Take(behind, size, record => record);
    }

    public Slice<IndexedRecord> ByIndex(RecordQuery query, SliceSize size)
    {
        var prefix = Encoding.UTF8.GetBytes(query.Value);
        var first = new KeyRow(query.Kind, query.Index!, prefix, Guid.Empty, false);
        if (query.After is { } cursor)
        {
            first = first with { Value = Encoding.UTF8.GetBytes(cursor.Value), Id = cursor.Id };
        }

        var found = Behind(first)
            .TakeWhile(row => row.Kind == query.Kind && row.Index == query.Index && Matches(row.Value))
            .Where(row => query.After is null || KeyRow.Order.Compare(row, first) > 0)
            .Select(row => new IndexedRecord(
                Encoding.UTF8.GetString(row.Value), Find(new RecordKey(row.Kind, row.Id))!));
        return Take(found, size, item => item.Record);

        bool Matches(byte[] value) =>
            query.IsPrefix ? value.AsSpan().StartsWith(prefix) : value.AsSpan().SequenceEqual(prefix);
    }

    public byte[]? FindEntry(string collection, ReadOnlySpan<byte> key) =>
        EntryRows.TryGetValue(new EntryRow(collection, key.ToArray()), out var row) ? row.Value : null;

    public List<Entry> Entries(string collection, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> after, int limit)
    {
        var start = prefix.ToArray();
        var last = after.ToArray();
        var from = new EntryRow(collection, after.SequenceCompareTo(prefix) > 0 ? last : start);
        var rows = EntryRows.Count == 0 || EntryRow.Order.Compare(EntryRows.Max, from) < 0
            ? []
            : EntryRows.GetViewBetween(from, EntryRows.Max);
        return
        [
            .. rows
                .TakeWhile(row => row.Collection == collection && row.Key.AsSpan().StartsWith(start))
                .Where(row => last.Length == 0 || row.Key.AsSpan().SequenceCompareTo(last) > 0)
                .Take(limit)
                .Select(row => new Entry(row.Key, row.Value)),
        ];
    }

    public IReadOnlyCollection<string> Collections() => [.. EntryRows.Select(row => row.Collection).Distinct()];

    protected static StoredRecord At(long position) =>
        new() { Key = default, Version = default, Position = new FeedPosition(position) };

    protected void Add(StoredRecord record)
    {
        Records.Add(record);
        if (!ById.TryGetValue(record.Key.Kind, out var records))
        {
            records = new(Comparer<StoredRecord>.Create((a, b) => a.Key.Id.CompareTo(b.Key.Id)));
            ById.Add(record.Key.Kind, records);
        }

        records.Add(record);
    }

    protected void Remove(StoredRecord record)
    {
        Records.Remove(record);
        ById[record.Key.Kind].Remove(record);
    }

    private static StoredRecord WithId(RecordKey key) => new() { Key = key, Version = default };

    private SortedSet<KeyRow> Behind(KeyRow from) =>
        Keys.Count == 0 || KeyRow.Order.Compare(Keys.Max, from) < 0 ? [] : Keys.GetViewBetween(from, Keys.Max);

    private static Slice<T> Take<T>(IEnumerable<T> rows, SliceSize size, Func<T, StoredRecord> record)
    {
        var items = new List<T>();
        var bytes = 0L;
        foreach (var row in rows)
        {
            if (items.Count == size.Items || (items.Count > 0 && bytes >= size.Bytes))
            {
                return new(items, true);
            }

            items.Add(row);
            bytes += record(row).Envelope.Length + record(row).Payload.Length;
        }

        return new(items, false);
    }
}

/// <summary>One key of one record.</summary>
internal readonly record struct KeyRow(string Kind, string Index, byte[] Value, Guid Id, bool Unique)
{
    /// <summary>The order of (value, id) within an index; the unique mark plays no part.</summary>
    public static Comparer<KeyRow> Order { get; } = Comparer<KeyRow>.Create(Compare);

    public static KeyRow Of(RecordKey record, IndexKey key) =>
        new(record.Kind, key.Name, Encoding.UTF8.GetBytes(key.Value), record.Id, key.Unique);

    private static int Compare(KeyRow a, KeyRow b)
    {
        var order = string.CompareOrdinal(a.Kind, b.Kind);
        order = order != 0 ? order : string.CompareOrdinal(a.Index, b.Index);
        order = order != 0 ? order : a.Value.AsSpan().SequenceCompareTo(b.Value);
        return order != 0 ? order : a.Id.CompareTo(b.Id);
    }
}

/// <summary>One entry; its value plays no part in the order.</summary>
internal readonly record struct EntryRow(string Collection, byte[] Key, byte[]? Value = null)
{
    public static Comparer<EntryRow> Order { get; } = Comparer<EntryRow>.Create(Compare);

    private static int Compare(EntryRow a, EntryRow b)
    {
        var order = string.CompareOrdinal(a.Collection, b.Collection);
        return order != 0 ? order : a.Key.AsSpan().SequenceCompareTo(b.Key);
    }
}
