using System.Security.Cryptography;
using System.Text;
using Exchange.Node.Trust;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;

namespace Exchange.Node.Records;

/// <summary>
/// Turns records into what stores keep, and back. The stored envelope is the wire envelope without what the store keeps
/// itself (kind, id, version, payload), behind a byte of item length and the sync item; payloads about persons, and
/// of kinds
/// that this version doesn't know, are sealed.
/// </summary>
internal sealed partial class RecordCodec(
    DataKeys keys, RecordKinds kinds, NodeIdentity node, ILogger<RecordCodec>? log = null)
{
    private const string TypePrefix = "type.googleapis.com/";
    private const byte Plain = 0;
    private const int IdLength = 16;
    private const int IdTimeLength = 6;

    /// <summary>The type URL of a kind's payload.</summary>
    public static string TypeUrl(RecordKind kind) => TypePrefix + kind.Descriptor.FullName;

    /// <summary>Encodes a record for the store. Nobody else may use the record meanwhile; it isn't changed.</summary>
    /// <param name="key">The record's key, which the payload is sealed to.</param>
    /// <param name="record">Envelope and payload; kind, id, version and etag are ignored.</param>
    /// <param name="item">The 16-byte digest item of a replicated record; empty for an own one.</param>
    public EncodedRecord Encode(RecordKey key, Record record, ReadOnlySpan<byte> item)
    {
        var envelope = EncodeEnvelope(record, item);
        var payload = record.Payload is { } any ? EncodePayload(key, record, any.Value.Span) : default;
        return new EncodedRecord(envelope, payload);
    }

    /// <summary>Returns the envelope, with kind, id and version but without payload bytes: unseals nothing.</summary>
    /// <exception cref="DamagedRecordException">The envelope was damaged in the store.</exception>
    public static Record Envelope(StoredRecord stored)
    {
        var record = Parse(stored);
        record.Kind = stored.Key.Kind;
        record.Id = stored.Key.Id.ToString();
        record.Version = new V1.RecordVersion { Clock = stored.Version.Clock, Node = stored.Version.Node };
        return record;
    }

    private static Record Parse(StoredRecord stored)
    {
        var bytes = stored.Envelope.Span;
        if (!bytes.IsEmpty && bytes.Length <= bytes[0])
        {
            throw new DamagedRecordException(stored.Key);
        }

        try
        {
            return bytes.IsEmpty ? new Record() : Record.Parser.ParseFrom(bytes[(1 + bytes[0])..]);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new DamagedRecordException(stored.Key, exception);
        }
    }

    /// <summary>The same; null for an envelope that was damaged, which holds up nothing else.</summary>
    public static Record? TryEnvelope(StoredRecord stored)
    {
        try
        {
            return Envelope(stored);
        }
        catch (Exception exception) when (StoredDamage.Is(exception))
        {
            return null;
        }
    }

    /// <summary>
    /// Returns the whole record as a client sees it, with its etag; a frozen one is kept and shown to nobody.
    /// </summary>
    /// <exception cref="DamagedRecordException">What the store holds isn't what was written.</exception>
    public Record Decode(StoredRecord stored)
    {
        var record = Envelope(stored);
        record.Etag = Etag.Format(stored.Version);
        if (record.State == RecordState.Frozen)
        {
            record.Payload = null;
        }
        else if (record.Payload is not null)
        {
            Open(record, stored);
        }

        return record;
    }

    /// <summary>
    /// The same; null for a record that was damaged, which holds up no list and no watch of others. Asked for by its id
    /// it says so, and verifying with a partner tells of it.
    /// </summary>
    public Record? TryDecode(StoredRecord stored)
    {
        try
        {
            return Decode(stored);
        }
        catch (DamagedRecordException)
        {
            if (log is not null)
            {
                LeftOut(log, stored.Key.Kind, stored.Key.Id);
            }

            return null;
        }
    }

    private void Open(Record record, StoredRecord stored)
    {
        try
        {
            record.Payload.Value = UnsafeByteOperations.UnsafeWrap(Payload(stored));
            CheckPlain(record, stored.Key);
        }
        catch (KeyDestroyedException)
        {
            // A backup from before the erasure brought the record back, and nobody can read it: that is an erasure.
            record.State = RecordState.Erased;
            record.Payload = null;
        }
        catch (Exception exception) when (StoredDamage.Is(exception))
        {
            throw exception as DamagedRecordException ?? new DamagedRecordException(stored.Key, exception);
        }
    }

    // A sealed payload proves itself; one in the clear is compared with the hash in its envelope, which a record of an
    // earlier version of the program doesn't have.
    private void CheckPlain(Record record, RecordKey key)
    {
        if (kinds.Find(key.Kind) is not { IsPersonal: false } kind)
        {
            return;
        }

        if (record.PayloadHash.IsEmpty)
        {
            kind.Parse(record.Payload.Value);
        }
        else if (!record.PayloadHash.Span.SequenceEqual(SHA256.HashData(record.Payload.Value.Span)))
        {
            throw new DamagedRecordException(key);
        }
    }

    /// <summary>Returns the payload in the clear, exactly as it was received.</summary>
    public ReadOnlyMemory<byte> Payload(StoredRecord stored)
    {
        var bytes = stored.Payload;
        if (bytes.IsEmpty)
        {
            return bytes;
        }

        return bytes.Span[0] == Plain ? bytes[1..] : keys.Unseal(stored.Key, bytes.Span);
    }

    /// <summary>Reads the keys of some records in one go; each would otherwise be read by itself.</summary>
    public void Prepare(IEnumerable<StoredRecord> records) => keys.Prepare(records
        .Select(record => SealedUnder.Read(record.Payload.Span))
        .OfType<SealedUnder>()
        .Select(under => under.Id));

    /// <summary>The same for records that are yet to be sealed.</summary>
    public void Prepare(IEnumerable<Record> records) => keys.Prepare(records
        .Where(record => kinds.Find(record.Kind) is not { IsPersonal: false } && ReferenceRules.IsId(record.Id))
        .Select(record => SealedBy(new RecordKey(record.Kind, Guid.ParseExact(record.Id, "D")), record)));

    /// <summary>
    /// Whether the person whom a record is about was erased at this node: the key store, which no backup of the
    /// database puts back, knows of the key that was destroyed.
    /// </summary>
    public bool WasErased(RecordKey key, Record record) =>
        kinds.Find(key.Kind) is not { IsPersonal: false } && keys.WasDestroyed(SealedBy(key, record));

    /// <summary>The hash that an envelope carries.</summary>
    public static ByteString Hash(ReadOnlySpan<byte> payload) =>
        UnsafeByteOperations.UnsafeWrap(SHA256.HashData(payload));

    /// <summary>Whose key seals a record that is about to be stored, or is.</summary>
    public Guid SealedBy(RecordKey key, Record record) =>
        SealedBy(key, kinds.Find(key.Kind) is null ? null : record, node.Id);

    /// <summary>
    /// Whose key seals a record: its person's, one for each home of records about that person; or its own if it is
    /// about several persons or none, or of a kind that nobody could find by its person. Of each home, because an
    /// erasure at one takes nothing away that another has recorded.
    /// </summary>
    public static Guid SealedBy(RecordKey key, Record? record, string node)
    {
        if (record?.SubjectIds is not [var subject] || !ReferenceRules.IsId(subject))
        {
            return key.Id;
        }

        var id = Guid.ParseExact(subject, "D");
        if (record.HomeNode == node)
        {
            return id;
        }

        // The time in front of the id stays: the keys of those who come together lie together, and are written so.
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{id}/{record.HomeNode}"), hash);
        Span<byte> bytes = stackalloc byte[IdLength];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        hash[..(IdLength - IdTimeLength)].CopyTo(bytes[IdTimeLength..]);
        return new Guid(bytes, bigEndian: true);
    }

    private byte[] EncodePayload(RecordKey key, Record record, ReadOnlySpan<byte> payload)
    {
        if (kinds.Find(key.Kind) is not { IsPersonal: false })
        {
            return keys.Seal(SealedBy(key, record), key, payload);
        }

        var plain = new byte[1 + payload.Length];
        payload.CopyTo(plain.AsSpan(1));
        return plain;
    }

    // What the store keeps itself is taken out for the moment of writing: a copy would cost more than the writing.
    private static byte[] EncodeEnvelope(Record record, ReadOnlySpan<byte> item)
    {
        var (kind, id, version) = (record.Kind, record.Id, record.Version);
        var (etag, payload) = (record.Etag, record.Payload);
        (record.Kind, record.Id, record.Version, record.Etag) = ("", "", null, "");
        record.Payload = payload is null ? null : new Any { TypeUrl = payload.TypeUrl };
        try
        {
            var bytes = new byte[1 + item.Length + record.CalculateSize()];
            bytes[0] = (byte)item.Length;
            item.CopyTo(bytes.AsSpan(1));
            record.WriteTo(bytes.AsSpan(1 + item.Length));
            return bytes;
        }
        finally
        {
            (record.Kind, record.Id, record.Version) = (kind, id, version);
            (record.Etag, record.Payload) = (etag, payload);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "What the store holds of {Kind} {Id} is damaged; it was left out of an answer")]
    private static partial void LeftOut(ILogger log, string kind, Guid id);
}

/// <summary>A record's two byte strings as stores keep them.</summary>
internal readonly record struct EncodedRecord(ReadOnlyMemory<byte> Envelope, ReadOnlyMemory<byte> Payload);
