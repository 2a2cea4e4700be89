using System.Buffers.Binary;
using Exchange.Store;

namespace Exchange.Node.Sync;

/// <summary>
/// Every view that a peer was ever given and that isn't its newest: what the register's row of a record said before
/// another took its place. Written in the commit that replaces the row, so that what was sent once and never again
/// costs nothing here; kept for good, and without payload.
/// </summary>
internal static class DisclosureHistory
{
    private const int OrderLength = sizeof(long) + sizeof(ulong) + sizeof(uint);

    /// <summary>The collection that holds a peer's.</summary>
    public static string Collection(string peer) => $"disclosed/{peer}";

    /// <summary>Keeps a row that another takes the place of; null when both say the same.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="key">The record's key as <see cref="RecordKeyBytes"/> writes it.</param>
    /// <param name="before">The row that stands; null when there is none.</param>
    /// <param name="after">The row that takes its place.</param>
    /// <param name="isConfirmed">The peer had acknowledged it by then.</param>
    public static EntryWrite? Keep(
        string peer, ReadOnlyMemory<byte> key, DisclosureRow? before, DisclosureRow after, bool isConfirmed)
    {
        if (before is null
            || (before.Version == after.Version && before.Revision == after.Revision
                && before.IsWithdrawn == after.IsWithdrawn))
        {
            return null;
        }

        var delivery = before.Delivery with { Position = FeedPosition.Start, IsAcknowledged = isConfirmed };
        return new EntryWrite(Collection(peer), Key(key.Span, before), (before with { Delivery = delivery }).ToBytes());
    }

    // By record, then by time; what was given at the same millisecond is told apart by its version.
    private static byte[] Key(ReadOnlySpan<byte> record, DisclosureRow row)
    {
        var key = new byte[record.Length + OrderLength];
        record.CopyTo(key);
        var order = key.AsSpan(record.Length);
        BinaryPrimitives.WriteInt64BigEndian(order, row.Time.ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteUInt64BigEndian(order[sizeof(long)..], row.Version.Clock);
        BinaryPrimitives.WriteUInt32BigEndian(order[(sizeof(long) + sizeof(ulong))..], row.Revision);
        return key;
    }
}
