using System.Buffers.Binary;
using Exchange.Store;

namespace Exchange.Node.Sync;

/// <summary>
/// Records that must be looked at again for a peer although they didn't move in the feed, or before their turn there
/// comes: a referral brought a worker into the peer's sight, a withdrawal took it out. One entry for each record and
/// cause, so that answering one cause never drops a later one.
/// </summary>
internal static class ReprojectionQueue
{
    private const byte AskMark = 2;

    // Mark, when it was asked, by when it must be delivered: milliseconds, 0 for no such moment.
    private const int AskLength = 1 + (2 * sizeof(long));

    private static readonly byte[] Present = [1];

    /// <summary>The collection that holds a peer's queue.</summary>
    public static string Collection(string peer) => $"reproject/{peer}";

    /// <summary>Queues a record for a peer; repeating it changes nothing.</summary>
    /// <param name="peer">Whose view may have changed.</param>
    /// <param name="record">The record to look at again.</param>
    /// <param name="cause">The record that made it so; tells this entry from others for the same record.</param>
    public static EntryWrite Add(string peer, RecordKey record, Guid cause) =>
        new(Collection(peer), Key(record, cause), Present);

    /// <summary>Queues a record that the peer may have to give back.</summary>
    public static EntryWrite Ask(string peer, RecordKey record, Guid cause, Ask ask)
    {
        var value = new byte[AskLength];
        value[0] = AskMark;
        BinaryPrimitives.WriteInt64BigEndian(value.AsSpan(1), ask.Time.ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteInt64BigEndian(
            value.AsSpan(1 + sizeof(long)), ask.DeliverBy?.ToUnixTimeMilliseconds() ?? 0);
        return new EntryWrite(Collection(peer), Key(record, cause), value);
    }

    /// <summary>What an entry asks; null for one that only wants the record looked at again.</summary>
    public static Ask? ReadAsk(ReadOnlySpan<byte> value)
    {
        if (value.Length != AskLength || value[0] != AskMark)
        {
            return null;
        }

        var deliverBy = BinaryPrimitives.ReadInt64BigEndian(value[(1 + sizeof(long))..]);
        return new Ask(
            DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(value[1..])),
            deliverBy == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(deliverBy));
    }

    /// <summary>Drops an answered entry.</summary>
    public static EntryWrite Drop(string peer, ReadOnlyMemory<byte> key) => new(Collection(peer), key, Value: null);

    private static byte[] Key(RecordKey record, Guid cause)
    {
        Span<byte> suffix = stackalloc byte[RecordKeyBytes.IdLength];
        RecordKeyBytes.WriteId(cause, suffix);
        return RecordKeyBytes.Of(record, suffix);
    }
}

/// <summary>That a peer may have to give a record back.</summary>
/// <param name="Time">Since when.</param>
/// <param name="DeliverBy">By when it must be gone there; null when no such moment was set.</param>
internal readonly record struct Ask(DateTimeOffset Time, DateTimeOffset? DeliverBy)
{
    /// <summary>Both in one: the earlier of each moment.</summary>
    public Ask With(Ask other) => new(
        Time < other.Time ? Time : other.Time,
        DeliverBy is { } one && other.DeliverBy is { } two ? (one < two ? one : two) : DeliverBy ?? other.DeliverBy);
}
