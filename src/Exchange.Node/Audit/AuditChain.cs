using System.Buffers.Binary;
using System.Security.Cryptography;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.Audit;

/// <summary>
/// How the chain lies in the store: one entry a key, its number, big-endian; the value is the SHA-256 of the entry and
/// then the entry. The newest one's number and hash stand beside the chain.
/// </summary>
internal static class AuditChain
{
    /// <summary>The collection of the entries.</summary>
    public const string Collection = "audit";

    /// <summary>The collection of the one entry that names the newest.</summary>
    public const string Heads = "audit-head";

    /// <summary>The hash's name.</summary>
    public const string Suite = "sha256";

    private const int HashLength = SHA256.HashSizeInBytes;

    /// <summary>The key in <see cref="Heads"/>.</summary>
    public static ReadOnlyMemory<byte> HeadKey { get; } = new byte[] { 0 };

    /// <summary>The key of an entry.</summary>
    public static byte[] KeyOf(ulong sequence)
    {
        var key = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(key, sequence);
        return key;
    }

    /// <summary>The number that a key stands for; null for a key that none has.</summary>
    public static ulong? SequenceOf(ReadOnlySpan<byte> key) =>
        key.Length == sizeof(ulong) ? BinaryPrimitives.ReadUInt64BigEndian(key) : null;

    /// <summary>The value to store of a finished entry, whose hash it begins with.</summary>
    public static byte[] Encode(AuditEntry entry)
    {
        var value = new byte[HashLength + entry.CalculateSize()];
        entry.WriteTo(value.AsSpan(HashLength));
        SHA256.HashData(value.AsSpan(HashLength), value);
        return value;
    }

    /// <summary>The hash that a stored value claims.</summary>
    public static ReadOnlySpan<byte> ClaimedHash(ReadOnlySpan<byte> value) =>
        value.Length < HashLength ? value : value[..HashLength];

    /// <summary>Whether a stored value is what its hash was made of.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> value) =>
        value.Length >= HashLength
        && SHA256.HashData(value[HashLength..]).AsSpan().SequenceEqual(value[..HashLength]);

    /// <summary>Reads a stored entry; null when its bytes are none.</summary>
    public static AuditEntry? Read(ReadOnlyMemory<byte> value)
    {
        if (value.Length < HashLength)
        {
            return null;
        }

        try
        {
            var entry = AuditEntry.Parser.ParseFrom(value.Span[HashLength..]);
            entry.Hash = UnsafeByteOperations.UnsafeWrap(value[..HashLength]);
            return entry;
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    /// <summary>Names an entry.</summary>
    public static AuditHead HeadOf(AuditEntry entry) => new()
    {
        Sequence = entry.Sequence,
        Hash = entry.Hash,
        Suite = Suite,
        Time = entry.Time,
        Epoch = entry.Epoch,
    };

    /// <summary>Reads a head; null when the bytes are none.</summary>
    public static AuditHead? ReadHead(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return AuditHead.Parser.ParseFrom(bytes) is { Hash.Length: HashLength, Suite: Suite } head ? head : null;
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    /// <summary>The newest entry as the store names it; null when it names none.</summary>
    public static async Task<AuditHead?> HeadAsync(IRecordStore store, CancellationToken cancellationToken)
    {
        var found = await store.GetEntriesAsync(Heads, [HeadKey], cancellationToken);
        return found[0] is { } bytes ? ReadHead(bytes.Span) : null;
    }

    /// <summary>
    /// The newest entry that is stored, whatever the store names: found by halving, as entries are read upwards only.
    /// </summary>
    public static async Task<AuditEntry?> LastAsync(IRecordStore store, CancellationToken cancellationToken)
    {
        var (low, high) = (0UL, ulong.MaxValue);
        Entry? last = null;
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            var found = await store.ReadEntriesAsync(Collection, default, KeyOf(middle), 1, cancellationToken);
            if (found.Count == 0)
            {
                high = middle;
            }
            else
            {
                last = found[0];
                low = Math.Max(middle + 1, SequenceOf(found[0].Key.Span) ?? middle + 1);
            }
        }

        return last is null ? null : Read(last.Value);
    }
}
