using Exchange.Store.Embedded;
using LiteDB;

namespace Exchange.Store.LiteDb;

/// <summary>
/// A record as a document of the feed: its position, its key for the index, and everything else as one value, because
/// LiteDB takes time for each field.
/// </summary>
internal sealed class LiteDbRecord(NameTable names)
{
    public const string Key = "i";

    private const string Body = "b";
    private const ulong Tombstone = 1;

    private readonly ByteWriter _bytes = new();
    private readonly KeyListPacker _keys = new(names);

    /// <summary>For the writer, which may add names.</summary>
    public BsonDocument Write(StoredRecord record)
    {
        var kind = record.Key.Kind;
        _bytes.Clear();
        _bytes.Number(record.IsTombstone ? Tombstone : 0);
        _bytes.Number(record.Version.Clock);
        _bytes.Number((ulong)names.Add(new Name(NameUse.Node, record.Version.Node)));
        _bytes.Number(record.Revision);
        _bytes.Bytes(_keys.Pack(kind, record.Keys));
        _bytes.Bytes(_keys.Pack(kind, record.PreviousKeys));
        _bytes.Bytes(record.Envelope.Span);
        _bytes.Bytes(record.Payload.Span);
        return new BsonDocument
        {
            ["_id"] = record.Position.Value,
            [Key] = LiteDbKeys.OfId(names.Add(new Name(NameUse.Kind, kind)), record.Key.Id),
            [Body] = _bytes.Written.ToArray(),
        };
    }

    public static StoredRecord Read(NameTable names, BsonDocument document)
    {
        var key = document[Key].AsBinary;
        var kind = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(key);
        var reader = new ByteReader(document[Body].AsBinary);
        return new StoredRecord
        {
            Position = new FeedPosition(document["_id"].AsInt64),
            Key = new RecordKey(names.Text(kind), LiteDbKeys.Id(key)),
            IsTombstone = reader.Number() == Tombstone,
            Version = new RecordVersion(reader.Number(), names.Text((long)reader.Number())),
            Revision = (uint)reader.Number(),
            Keys = KeyListPacker.Unpack(names, reader.Bytes()),
            PreviousKeys = KeyListPacker.Unpack(names, reader.Bytes()),
            Envelope = reader.Bytes().ToArray(),
            Payload = reader.Bytes().ToArray(),
        };
    }
}
