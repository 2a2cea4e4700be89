using System.Text;
using Exchange.Store.Embedded;

namespace Exchange.Store.Sqlite;

/// <summary>Reads rows over one connection.</summary>
internal class SqliteView : IEngineView, IDisposable
{
    private const string Columns =
        "r.position, r.kind, r.id, r.clock, r.node, r.revision, r.tombstone, r.keys, r.previous, r.envelope, r.payload";

    private readonly SqliteStatement _find;
    private readonly SqliteStatement _feed;
    private readonly SqliteStatement _byKind;
    private readonly SqliteStatement _byIndex;
    private readonly SqliteStatement _findEntry;
    private readonly SqliteStatement _entries;

    public SqliteView(SqliteLink link, NameTable names)
    {
        Link = link;
        Names = names;
        _find = link.Prepare($"SELECT {Columns} FROM record r WHERE kind = ?1 AND id = ?2");
        _feed = link.Prepare($"SELECT {Columns} FROM record r WHERE position > ?1 ORDER BY position");
        _byKind = link.Prepare(
            $"SELECT {Columns} FROM record r WHERE kind = ?1 AND id > ?2 AND tombstone = 0 ORDER BY id");
        _byIndex = link.Prepare(
            $"""
            SELECT {Columns}, k.value FROM record_key k
            CROSS JOIN record r ON r.kind = ?1 AND r.id = k.id
            WHERE k.name = ?2 AND (k.value, k.id) > (?3, ?4) AND k.value < ?5
            ORDER BY k.value, k.id
            """);
        _findEntry = link.Prepare("SELECT value FROM entry WHERE collection = ?1 AND key = ?2");
        _entries = link.Prepare(
            "SELECT key, value FROM entry WHERE collection = ?1 AND key >= ?2 ORDER BY key");
    }

    protected SqliteLink Link { get; }

    protected NameTable Names { get; }

    public StoredRecord? Find(RecordKey key)
    {
        var kind = Names.Find(new Name(NameUse.Kind, key.Kind));
        if (kind == 0)
        {
            return null;
        }

        try
        {
            return _find.Bind(1, kind).Bind(2, key.Id).Step() ? ReadRecord(_find) : null;
        }
        finally
        {
            _find.Reset();
        }
    }

    public Slice<StoredRecord> Feed(long after, SliceSize size) =>
        ReadSlice(_feed.Bind(1, after), size, ReadRecord, static record => record);

    public Slice<StoredRecord> ByKind(string kind, Guid? after, SliceSize size)
    {
        _byKind.Bind(1, Names.Find(new Name(NameUse.Kind, kind)));

        // No bytes come before every id.
        var behind = after is { } id ? _byKind.Bind(2, id) : _byKind.Bind(2, ReadOnlySpan<byte>.Empty);
        return ReadSlice(behind, size, ReadRecord, static record => record);
    }

    public Slice<IndexedRecord> ByIndex(RecordQuery query, SliceSize size)
    {
        var (from, end) = ValueRange.Of(query);
        _byIndex.Bind(1, Names.Find(new Name(NameUse.Kind, query.Kind)))
            .Bind(2, Names.Find(new Name(NameUse.Index, query.Index!, query.Kind)))
            .Bind(3, from.Value)
            .Bind(4, from.Id)
            .Bind(5, end);
        return ReadSlice(_byIndex, size, ReadIndexed, static found => found.Record);
    }

    public byte[]? FindEntry(string collection, ReadOnlySpan<byte> key)
    {
        var number = Names.Find(new Name(NameUse.Collection, collection));
        if (number == 0)
        {
            return null;
        }

        try
        {
            return _findEntry.Bind(1, number).Bind(2, key).Step() ? _findEntry.Bytes(0) : null;
        }
        finally
        {
            _findEntry.Reset();
        }
    }

    public IReadOnlyCollection<string> Collections() => Names.Of(NameUse.Collection);

    public List<Entry> Entries(string collection, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> after, int limit)
    {
        var found = new List<Entry>();
        var from = after.SequenceCompareTo(prefix) > 0 ? after : prefix;
        _entries.Bind(1, Names.Find(new Name(NameUse.Collection, collection))).Bind(2, from);
        try
        {
            while (found.Count < limit && _entries.Step() && _entries.Span(0).StartsWith(prefix))
            {
                if (after.IsEmpty || !_entries.Span(0).SequenceEqual(after))
                {
                    found.Add(new Entry(_entries.Bytes(0), _entries.Bytes(1)));
                }
            }

            return found;
        }
        finally
        {
            _entries.Reset();
        }
    }

    public void Dispose() => Link.Dispose();

    protected static Slice<T> ReadSlice<T>(
        SqliteStatement statement, SliceSize size, Func<SqliteStatement, T> read, Func<T, StoredRecord> record)
    {
        var items = new List<T>(Math.Min(size.Items, 1_000));
        var bytes = 0L;
        try
        {
            while (statement.Step())
            {
                if (items.Count == size.Items || (items.Count > 0 && bytes >= size.Bytes))
                {
                    return new(items, true);
                }

                var item = read(statement);
                items.Add(item);
                bytes += record(item).Envelope.Length + record(item).Payload.Length;
            }

            return new(items, false);
        }
        finally
        {
            statement.Reset();
        }
    }

    protected StoredRecord ReadRecord(SqliteStatement row) => new()
    {
        Position = new FeedPosition(row.Number(0)),
        Key = new RecordKey(Names.Text(row.Number(1)), row.Guid(2)),
        Version = new RecordVersion((ulong)row.Number(3), Names.Text(row.Number(4))),
        Revision = (uint)row.Number(5),
        IsTombstone = row.Number(6) != 0,
        Keys = PackedKeys.Of(Names, row.Span(7)),
        PreviousKeys = PackedKeys.Of(Names, row.Span(8)),
        Envelope = row.Bytes(9),
        Payload = row.Bytes(10),
    };

    private IndexedRecord ReadIndexed(SqliteStatement row) =>
        new(Encoding.UTF8.GetString(row.Span(11)), ReadRecord(row));
}
