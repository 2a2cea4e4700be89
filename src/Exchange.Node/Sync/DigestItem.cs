using System.Buffers.Binary;
using System.Text;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>
/// One record's part in a digest, as sync_service.proto defines it. docs/reference/digest-vectors.json has examples.
/// </summary>
internal static class DigestItem
{
    /// <summary>Bytes of an item.</summary>
    public const int Length = 16;

    /// <summary>Buckets of a digest.</summary>
    public const int BucketCount = 4096;

    /// <summary>How many bytes stand before the payload in what an item is computed over.</summary>
    public static int HeaderLength(RecordKey key, string versionNode) =>
        RecordKeyBytes.Length(key) + 8 + Encoding.UTF8.GetByteCount(versionNode) + 1 + 4 + 1;

    /// <summary>Writes what stands before the payload and returns its length.</summary>
    public static int WriteHeader(
        Span<byte> destination, RecordKey key, Store.RecordVersion version, uint revision, RecordState state)
    {
        var at = RecordKeyBytes.Write(key, destination);
        BinaryPrimitives.WriteUInt64BigEndian(destination[at..], version.Clock);
        at += 8;
        at += Encoding.UTF8.GetBytes(version.Node, destination[at..]);
        destination[at++] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(destination[at..], revision);
        at += 4;
        destination[at++] = (byte)state;
        return at;
    }

    /// <summary>Reads an item, the first 16 bytes as a big-endian number.</summary>
    public static UInt128 Read(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt128BigEndian(bytes);

    /// <summary>Writes an item's 16 bytes.</summary>
    public static void Write(UInt128 item, Span<byte> destination) =>
        BinaryPrimitives.WriteUInt128BigEndian(destination, item);
}
