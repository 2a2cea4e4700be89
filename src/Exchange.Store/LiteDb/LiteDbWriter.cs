using System.Text;
using Exchange.Store.Embedded;
using LiteDB;

namespace Exchange.Store.LiteDb;

/// <summary>Changes documents, on the one thread that LiteDB has bound the transaction to.</summary>
internal sealed class LiteDbWriter(LiteDbFiles files, NameTable names, ReaderWriterLockSlim visibility)
    : LiteDbView(files.Engine, names), IEngineWriter
{
    private readonly LiteDbRecord _records = new(names);

    public void Begin()
    {
        if (!Engine.BeginTrans())
        {
            throw new InvalidOperationException("The transaction before this one was neither committed nor undone.");
        }
    }

    public void Commit()
    {
        // LiteDB shows a commit before it is on the disk. No reader may see it, and no partner be sent it, until it is.
        visibility.EnterWriteLock();
        try
        {
            files.Commit();
        }
        finally
        {
            visibility.ExitWriteLock();
        }

        Names.Commit();
    }

    public void Rollback()
    {
        Names.Rollback();
        Engine.Rollback();
    }

    public void Insert(StoredRecord record)
    {
        Insert(Records, _records.Write(record));
        if (record.IsTombstone)
        {
            Insert(TombstoneMarks, new BsonDocument { ["_id"] = record.Position.Value });
        }
    }

    public void Delete(StoredRecord record)
    {
        Delete(Records, record.Position.Value);
        if (record.IsTombstone)
        {
            Delete(TombstoneMarks, record.Position.Value);
        }
    }

    public void AddKey(RecordKey record, IndexKey key) =>
        Insert(Keys, new BsonDocument { ["_id"] = RowKey(record, key), [UniqueMark] = key.Unique });

    public void RemoveKey(RecordKey record, IndexKey key) => Delete(Keys, RowKey(record, key));

    public Guid? FindUnique(string kind, string index, string value)
    {
        var number = Names.Find(new Name(NameUse.Index, index, kind));
        byte[] bytes = Encoding.UTF8.GetBytes(value);
        var rows = Range(
            Keys, "_id", LiteDbKeys.Of(number, [.. bytes, 0]), LiteDbKeys.Of(number, [.. bytes, 1]), int.MaxValue);
        foreach (var row in rows)
        {
            if (row[UniqueMark].AsBoolean)
            {
                return LiteDbKeys.Value(row["_id"].AsBinary).Id;
            }
        }

        return null;
    }

    public void PutEntry(string collection, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        var number = Names.Add(new Name(NameUse.Collection, collection));
        var row = new BsonDocument { ["_id"] = LiteDbKeys.Of(number, key), [Value] = value.ToArray() };
        Engine.Upsert(EntryRows, [row], BsonAutoId.ObjectId);
    }

    public void DeleteEntry(string collection, ReadOnlySpan<byte> key) =>
        Delete(EntryRows, LiteDbKeys.Of(Names.Add(new Name(NameUse.Collection, collection)), key));

    public List<StoredRecord> Tombstones(long after, long upTo, int limit)
    {
        var positions = Read(TombstoneMarks, "_id > @0", "_id", limit, after)
            .Select(row => row["_id"].AsInt64)
            .TakeWhile(position => position <= upTo)
            .Take(limit)
            .ToList();
        return positions.ConvertAll(position => ReadRecord(FindOne(Records, "_id", position)!));
    }

    public void StoreName(int number, Name name) => Insert(NameRows, new BsonDocument
    {
        ["_id"] = number,
        ["use"] = (int)name.Use,
        ["text"] = name.Text,
        ["owner"] = name.Owner,
    });

    public List<Name> ReadNames() =>
    [
        .. Read(NameRows, "_id > @0", "_id", int.MaxValue, 0)
            .Select(row => new Name((NameUse)row["use"].AsInt32, row["text"].AsString, row["owner"].AsString)),
    ];

    private byte[] RowKey(RecordKey record, IndexKey key) =>
        LiteDbKeys.OfValue(Names.Add(new Name(NameUse.Index, key.Name, record.Kind)), key.Value, record.Id);

    private void Insert(string collection, BsonDocument document) =>
        Engine.Insert(collection, [document], BsonAutoId.ObjectId);

    private void Delete(string collection, BsonValue id) => Engine.Delete(collection, [id]);
}
