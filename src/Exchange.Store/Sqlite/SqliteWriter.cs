using System.Text;
using Exchange.Store.Embedded;

namespace Exchange.Store.Sqlite;

/// <summary>Changes rows over the one connection that writes.</summary>
internal sealed class SqliteWriter : SqliteView, IEngineWriter
{
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _rollback;
    private readonly SqliteStatement _insert;
    private readonly SqliteStatement _delete;
    private readonly SqliteStatement _addKey;
    private readonly SqliteStatement _removeKey;
    private readonly SqliteStatement _findUnique;
    private readonly SqliteStatement _putEntry;
    private readonly SqliteStatement _deleteEntry;
    private readonly SqliteStatement _tombstones;
    private readonly SqliteStatement _storeName;
    private readonly KeyListPacker _keys;
    private readonly KeyListPacker _previousKeys;
    private readonly SqliteCheckpoints _checkpoints;

    public SqliteWriter(SqliteLink link, NameTable names, SqliteCheckpoints checkpoints)
        : base(link, names)
    {
        _checkpoints = checkpoints;
        _begin = link.Prepare("BEGIN IMMEDIATE");
        _commit = link.Prepare("COMMIT");
        _rollback = link.Prepare("ROLLBACK");
        _insert = link.Prepare("INSERT INTO record VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)");
        _delete = link.Prepare("DELETE FROM record WHERE position = ?1");
        _addKey = link.Prepare("INSERT OR REPLACE INTO record_key VALUES(?1, ?2, ?3, ?4)");
        _removeKey = link.Prepare("DELETE FROM record_key WHERE name = ?1 AND value = ?2 AND id = ?3");
        _findUnique = link.Prepare("SELECT id FROM record_key WHERE name = ?1 AND value = ?2 AND is_unique = 1");
        _putEntry = link.Prepare("INSERT OR REPLACE INTO entry VALUES(?1, ?2, ?3)");
        _deleteEntry = link.Prepare("DELETE FROM entry WHERE collection = ?1 AND key = ?2");
        _tombstones = link.Prepare(
            """
            SELECT position, kind, id, clock, node, revision, tombstone, keys, previous, envelope, payload
            FROM record WHERE tombstone = 1 AND position > ?1 AND position <= ?2 ORDER BY position
            """);
        _storeName = link.Prepare("INSERT INTO name VALUES(?1, ?2, ?3, ?4)");
        _keys = new KeyListPacker(names);
        _previousKeys = new KeyListPacker(names);
    }

    public void Begin() => _begin.Run();

    public void Commit()
    {
        _commit.Run();
        Names.Commit();
        _checkpoints.Committed(Link, Link.PagesWritten());
    }

    public void Rollback()
    {
        Names.Rollback();
        _rollback.Run();
    }

    // The log still holds the pages as they were. While others read it, it stays; the next call gets it.
    public void Scrub() => _checkpoints.Empty(Link);

    public void Insert(StoredRecord record)
    {
        _insert.Bind(1, record.Position.Value)
            .Bind(2, Names.Add(new Name(NameUse.Kind, record.Key.Kind)))
            .Bind(3, record.Key.Id)
            .Bind(4, (long)record.Version.Clock)
            .Bind(5, Names.Add(new Name(NameUse.Node, record.Version.Node)))
            .Bind(6, record.Revision)
            .Bind(7, record.IsTombstone ? 1 : 0)
            .Bind(8, _keys.Pack(record.Key.Kind, record.Keys))
            .Bind(9, _previousKeys.Pack(record.Key.Kind, record.PreviousKeys))
            .Bind(10, record.Envelope.Span)
            .Bind(11, record.Payload.Span)
            .Run();
    }

    public void Delete(StoredRecord record) => _delete.Bind(1, record.Position.Value).Run();

    public void AddKey(RecordKey record, IndexKey key) =>
        BindKey(_addKey, record.Kind, key).Bind(3, record.Id).Bind(4, key.Unique ? 1 : 0).Run();

    public void RemoveKey(RecordKey record, IndexKey key) =>
        BindKey(_removeKey, record.Kind, key).Bind(3, record.Id).Run();

    public Guid? FindUnique(string kind, string index, string value)
    {
        try
        {
            return BindKey(_findUnique, kind, new IndexKey(index, value)).Step() ? _findUnique.Guid(0) : null;
        }
        finally
        {
            _findUnique.Reset();
        }
    }

    public void PutEntry(string collection, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) =>
        _putEntry.Bind(1, Names.Add(new Name(NameUse.Collection, collection))).Bind(2, key).Bind(3, value).Run();

    public void DeleteEntry(string collection, ReadOnlySpan<byte> key) =>
        _deleteEntry.Bind(1, Names.Add(new Name(NameUse.Collection, collection))).Bind(2, key).Run();

    public List<StoredRecord> Tombstones(long after, long upTo, int limit) => ReadSlice(
        _tombstones.Bind(1, after).Bind(2, upTo),
        new SliceSize(limit, long.MaxValue),
        ReadRecord,
        static record => record).Items;

    public void StoreName(int number, Name name) =>
        _storeName.Bind(1, number).Bind(2, (int)name.Use).BindText(3, name.Text).BindText(4, name.Owner).Run();

    private SqliteStatement BindKey(SqliteStatement statement, string kind, IndexKey key)
    {
        Span<byte> value = stackalloc byte[Encoding.UTF8.GetMaxByteCount(key.Value.Length)];
        value = value[..Encoding.UTF8.GetBytes(key.Value, value)];
        return statement.Bind(1, Names.Add(new Name(NameUse.Index, key.Name, kind))).Bind(2, value);
    }
}
