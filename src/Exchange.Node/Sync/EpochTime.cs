using System.Buffers.Binary;

namespace Exchange.Node.Sync;

/// <summary>When an epoch began, which its id tells.</summary>
internal static class EpochTime
{
    /// <summary>Reads the 48 bits of milliseconds with which a version 7 UUID begins.</summary>
    public static DateTimeOffset Of(Guid epoch)
    {
        Span<byte> bytes = stackalloc byte[16];
        epoch.TryWriteBytes(bytes, bigEndian: true, out _);
        return DateTimeOffset.FromUnixTimeMilliseconds((long)(BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16));
    }
}
