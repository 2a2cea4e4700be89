using System.Buffers.Binary;
using Exchange.Store;

namespace Exchange.Node.Sync;

/// <summary>
/// How far a sweep has come, as a key among those of a page's re-projections: it is kept once the page is acknowledged,
/// so that a page that was lost on the way is made again.
/// </summary>
internal static class SweepMark
{
    // No record's key begins so, because a kind isn't empty.
    private const byte Prefix = 0;

    /// <summary>The sweep has come to its end.</summary>
    public static FeedPosition Over { get; } = new(long.MaxValue);

    /// <summary>The key for a place.</summary>
    public static ReadOnlyMemory<byte> ToKey(FeedPosition next)
    {
        var key = new byte[1 + sizeof(long)];
        key[0] = Prefix;
        BinaryPrimitives.WriteInt64BigEndian(key.AsSpan(1), next.Value);
        return key;
    }

    /// <summary>Reads a key; false if it is a record's.</summary>
    public static bool TryRead(ReadOnlySpan<byte> key, out FeedPosition next)
    {
        var isMark = key.Length == 1 + sizeof(long) && key[0] == Prefix;
        next = isMark ? new FeedPosition(BinaryPrimitives.ReadInt64BigEndian(key[1..])) : default;
        return isMark;
    }

    /// <summary>The place as <see cref="OutgoingState.Sweep"/> keeps it.</summary>
    public static FeedPosition? ToState(FeedPosition next) => next == Over ? null : next;
}
