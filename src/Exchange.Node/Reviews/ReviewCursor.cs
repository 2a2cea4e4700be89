using System.Buffers.Binary;
using Exchange.Store;

namespace Exchange.Node.Reviews;

/// <summary>Up to where the feed was looked at.</summary>
/// <param name="Epoch">The feed's epoch.</param>
/// <param name="Position">The place.</param>
/// <param name="HasForeign">A partner's record with a readable ID number was seen at some time.</param>
internal sealed record ReviewCursor(Guid Epoch, FeedPosition Position, bool HasForeign)
{
    private const int Length = 25;

    /// <summary>The value to store.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[Length];
        Epoch.TryWriteBytes(bytes, bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(16), Position.Value);
        bytes[^1] = HasForeign ? (byte)1 : (byte)0;
        return bytes;
    }

    /// <summary>Reads a stored value.</summary>
    public static ReviewCursor Read(ReadOnlySpan<byte> bytes) => new(
        new Guid(bytes[..16], bigEndian: true),
        new FeedPosition(BinaryPrimitives.ReadInt64BigEndian(bytes[16..])),
        bytes[^1] != 0);
}
