using Exchange.Store.Embedded;
using LiteDB;
using LiteDB.Engine;

namespace Exchange.Store.LiteDb;

/// <summary>
/// Reads documents. Every read is taken into memory whole: an open enumerator would keep the log from being emptied.
/// </summary>
internal class LiteDbView(LiteEngine engine, NameTable names) : IEngineView
{
    public const string Records = "record";

    protected const string TombstoneMarks = "tombstone";
    protected const string Keys = "key";
    protected const string EntryRows = "entry";
    protected const string NameRows = "name";
    protected const string Value = "v";
    protected const string UniqueMark = "u";

    protected LiteEngine Engine { get; } = engine;

    protected NameTable Names { get; } = names;

    public StoredRecord? Find(RecordKey key)
    {
        var kind = Names.Find(new Name(NameUse.Kind, key.Kind));
        return kind == 0 ? null : FindByKey(LiteDbKeys.OfId(kind, key.Id));
    }

    public Slice<StoredRecord> Feed(long after, SliceSize size) => Slice(
        Read(Records, "_id > @0", "_id", size.Items, after), size, ReadRecord, record => record);

    public Slice<StoredRecord> ByKind(string kind, Guid? after, SliceSize size)
    {
        var number = Names.Find(new Name(NameUse.Kind, kind));
        var from = after is { } id ? LiteDbKeys.Behind(LiteDbKeys.OfId(number, id)) : LiteDbKeys.Of(number, []);
        var found = Range(Records, LiteDbRecord.Key, from, LiteDbKeys.Of(number + 1, []), int.MaxValue)
            .Select(ReadRecord)
            .Where(record => !record.IsTombstone);
        return Slice(found, size, record => record, record => record);
    }

    public Slice<IndexedRecord> ByIndex(RecordQuery query, SliceSize size)
    {
        var kind = Names.Find(new Name(NameUse.Kind, query.Kind));
        var index = Names.Find(new Name(NameUse.Index, query.Index!, query.Kind));
        var ((value, id), end) = ValueRange.Of(query);
        var from = id.Length == 0
            ? LiteDbKeys.Of(index, value)
            : LiteDbKeys.Behind(LiteDbKeys.OfValue(index, value, id));

        // The end of a range of values is where the next value would begin, so no key equals it.
        var found = Range(Keys, "_id", from, LiteDbKeys.Of(index, query.IsPrefix ? end : [.. end[..^1], 1]), size.Items)
            .Select(row => LiteDbKeys.Value(row["_id"].AsBinary))
            .ToList()
            .Select(row => new IndexedRecord(row.Value, FindByKey(LiteDbKeys.OfId(kind, row.Id))!));
        return Slice(found, size, item => item, item => item.Record);
    }

    public byte[]? FindEntry(string collection, ReadOnlySpan<byte> key)
    {
        var number = Names.Find(new Name(NameUse.Collection, collection));
        return number == 0 ? null : FindOne(EntryRows, "_id", LiteDbKeys.Of(number, key))?[Value].AsBinary;
    }

    public List<Entry> Entries(string collection, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> after, int limit)
    {
        var number = Names.Find(new Name(NameUse.Collection, collection));
        var from = after.SequenceCompareTo(prefix) >= 0 && after.Length > 0
            ? LiteDbKeys.Behind(LiteDbKeys.Of(number, after))
            : LiteDbKeys.Of(number, prefix);
        var found = new List<Entry>();
        foreach (var row in Range(EntryRows, "_id", from, LiteDbKeys.Of(number + 1, []), limit))
        {
            var key = LiteDbKeys.Rest(row["_id"].AsBinary);
            if (found.Count == limit || !key.StartsWith(prefix))
            {
                break;
            }

            found.Add(new Entry(key.ToArray(), row[Value].AsBinary));
        }

        return found;
    }

    public IReadOnlyCollection<string> Collections() => Names.Of(NameUse.Collection);

    protected BsonDocument? FindOne(string collection, string field, BsonValue value)
    {
        using var reader = Engine.Query(
            collection, new Query { Where = { BsonExpression.Create($"{field} = @0", value) }, Limit = 1 });
        return reader.Read() ? reader.Current.AsDocument : null;
    }

    /// <summary>Documents from one key up to another that none of them has.</summary>
    protected IEnumerable<BsonDocument> Range(string collection, string field, byte[] from, byte[] end, int limit) =>
        Read(collection, $"{field} BETWEEN @0 AND @1", field, limit, from, end);

    /// <summary>One more than the limit are read where there are, so that a slice knows of them.</summary>
    protected IEnumerable<BsonDocument> Read(
        string collection, string where, string order, int limit, params BsonValue[] arguments)
    {
        var query = new Query
        {
            Where = { BsonExpression.Create(where, arguments) },
            OrderBy = order,
            Limit = limit == int.MaxValue ? limit : limit + 1,
        };
        using var reader = Engine.Query(collection, query);
        while (reader.Read())
        {
            yield return reader.Current.AsDocument;
        }
    }

    protected static Slice<T> Slice<TRow, T>(
        IEnumerable<TRow> rows, SliceSize size, Func<TRow, T> read, Func<T, StoredRecord> record)
    {
        var items = new List<T>(Math.Min(size.Items, 1_000));
        var bytes = 0L;
        foreach (var row in rows)
        {
            if (items.Count == size.Items || (items.Count > 0 && bytes >= size.Bytes))
            {
                return new(items, true);
            }

            var item = read(row);
            items.Add(item);
            bytes += record(item).Envelope.Length + record(item).Payload.Length;
        }

        return new(items, false);
    }

    protected StoredRecord ReadRecord(BsonDocument document) => LiteDbRecord.Read(Names, document);

    private StoredRecord? FindByKey(byte[] key) =>
        FindOne(Records, LiteDbRecord.Key, key) is { } document ? ReadRecord(document) : null;
}
