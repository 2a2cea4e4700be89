namespace Exchange.Store;

/// <summary>A record as a store returns it. The store knows its bytes, keys and order, never a message type.</summary>
public sealed class StoredRecord
{
    public required RecordKey Key { get; init; }

    public required RecordVersion Version { get; init; }

    /// <summary>
    /// Which projection of that version a replicated copy is; 0 for own records. Orders copies of one version.
    /// </summary>
    public uint Revision { get; init; }

    /// <summary>The record is gone; it stays in the feed so that every reader learns of it.</summary>
    public bool IsTombstone { get; init; }

    /// <summary>The envelope without key, version and payload, encoded by the node.</summary>
    public ReadOnlyMemory<byte> Envelope { get; init; }

    /// <summary>The payload as the node stores it (a personal one sealed). Empty for a tombstone.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>The declared keys; empty for a tombstone.</summary>
    public IReadOnlyList<IndexKey> Keys { get; init; } = [];

    /// <summary>
    /// The keys of the version that this one replaced, so that a reader of the live feed sees what stopped matching.
    /// Empty for a record's first version.
    /// </summary>
    public IReadOnlyList<IndexKey> PreviousKeys { get; init; } = [];

    /// <summary>Where the record stands in the feed: once, at its newest position.</summary>
    public FeedPosition Position { get; init; }
}
