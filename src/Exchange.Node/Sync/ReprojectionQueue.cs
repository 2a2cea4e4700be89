using Exchange.Store;

namespace Exchange.Node.Sync;

/// <summary>
/// Records that must be looked at again for a peer although they didn't move in the feed: a referral brought a worker
/// into the peer's sight. One entry for each record and cause, so that answering one cause never drops a later one.
/// </summary>
internal static class ReprojectionQueue
{
    private static readonly byte[] Present = [1];

    /// <summary>The collection that holds a peer's queue.</summary>
    public static string Collection(string peer) => $"reproject/{peer}";

    /// <summary>Queues a record for a peer; repeating it changes nothing.</summary>
    /// <param name="peer">Whose view may have changed.</param>
    /// <param name="record">The record to look at again.</param>
    /// <param name="cause">The record that made it so; tells this entry from others for the same record.</param>
    public static EntryWrite Add(string peer, RecordKey record, Guid cause)
    {
        Span<byte> suffix = stackalloc byte[RecordKeyBytes.IdLength];
        RecordKeyBytes.WriteId(cause, suffix);
        return new EntryWrite(Collection(peer), RecordKeyBytes.Of(record, suffix), Present);
    }

    /// <summary>Drops an answered entry.</summary>
    public static EntryWrite Drop(string peer, ReadOnlyMemory<byte> key) => new(Collection(peer), key, Value: null);
}
