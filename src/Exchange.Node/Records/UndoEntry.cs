using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Records;

/// <summary>
/// What an item of an undoable stream replaced, as the store held it: a personal payload stays sealed.
/// </summary>
/// <param name="Key">The record.</param>
/// <param name="WrittenEtag">The etag of what the item wrote; a record with another one was changed since.</param>
/// <param name="Envelope">The replaced envelope; empty if the item created the record.</param>
/// <param name="Payload">The replaced payload.</param>
internal sealed record UndoEntry(
    RecordKey Key, string WrittenEtag, ReadOnlyMemory<byte> Envelope, ReadOnlyMemory<byte> Payload)
{
    public bool WasCreated => Envelope.IsEmpty;

    public static EntryWrite Write(PutScope scope, RecordKey key, PutRecordAnswer answer, PutOutcome outcome)
    {
        var previous = outcome.Previous is { IsTombstone: false } live ? live : null;
        var entry = new UndoEntry(key, answer.Etag, previous?.Envelope ?? default, previous?.Payload ?? default);
        return new EntryWrite(PutScope.Undo, scope.ItemKey(answer.Number), entry.ToBytes());
    }

    /// <summary>The value to store.</summary>
    public byte[] ToBytes()
    {
        using var buffer = new MemoryStream();
        using var writer = new BinaryWriter(buffer);
        writer.Write(Key.Kind);
        writer.Write(Key.Id.ToByteArray(bigEndian: true));
        writer.Write(WrittenEtag);
        WriteBytes(writer, Envelope);
        WriteBytes(writer, Payload);
        writer.Flush();
        return buffer.ToArray();
    }

    /// <summary>Reads only which record an entry is about.</summary>
    public static RecordKey KeyOf(ReadOnlyMemory<byte> value)
    {
        using var reader = new BinaryReader(new MemoryStream(value.ToArray(), writable: false));
        return new RecordKey(reader.ReadString(), new Guid(reader.ReadBytes(16), bigEndian: true));
    }

    public static UndoEntry Read(ReadOnlyMemory<byte> value)
    {
        using var reader = new BinaryReader(new MemoryStream(value.ToArray(), writable: false));
        var kind = reader.ReadString();
        var id = new Guid(reader.ReadBytes(16), bigEndian: true);
        var etag = reader.ReadString();
        var envelope = reader.ReadBytes(reader.ReadInt32());
        return new UndoEntry(new RecordKey(kind, id), etag, envelope, reader.ReadBytes(reader.ReadInt32()));
    }

    private static void WriteBytes(BinaryWriter writer, ReadOnlyMemory<byte> bytes)
    {
        writer.Write(bytes.Length);
        writer.Write(bytes.Span);
    }
}
