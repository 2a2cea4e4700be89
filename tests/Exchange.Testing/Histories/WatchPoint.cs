using System.Buffers.Binary;
using Exchange.Node.Records;

namespace Exchange.Testing.Histories;

/// <summary>What a resume token says: clients treat it as opaque, but whoever checks the server reads it.</summary>
/// <param name="Epoch">The feed's history.</param>
/// <param name="Position">Everything up to here was told.</param>
/// <param name="SnapshotEnd">Where the snapshot ends while it isn't complete; 0 afterwards.</param>
internal readonly record struct WatchPoint(Guid Epoch, long Position, long SnapshotEnd)
{
    /// <summary>Reads a token that a node gave.</summary>
    public static WatchPoint Read(string token)
    {
        var bytes = OpaqueToken.Decode(token);
        return bytes is { Length: 33 }
            ? new WatchPoint(
                new Guid(bytes.AsSpan(1, 16), bigEndian: true),
                BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(17)),
                BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(25)))
            : throw new ArgumentException("It is no resume token of this version.", nameof(token));
    }
}
