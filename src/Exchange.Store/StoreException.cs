namespace Exchange.Store;

/// <summary>A failure that the caller is expected to handle. Anything else thrown by a store is a bug.</summary>
public abstract class StoreException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A record isn't at the version that a put expects. Nothing was written.</summary>
public sealed class VersionConflictException(RecordKey key, RecordVersion? expected, RecordVersion? actual)
    : StoreException(
        $"Record '{key}' is {Text(actual)}, not {Text(expected)}. Read it again and retry with its present etag.")
{
    public RecordKey Key { get; } = key;

    /// <summary>Null if the record was expected not to exist.</summary>
    public RecordVersion? Expected { get; } = expected;

    /// <summary>Null if the record doesn't exist.</summary>
    public RecordVersion? Actual { get; } = actual;

    private static string Text(RecordVersion? version) => version is { } v ? $"at version {v}" : "absent";
}

/// <summary>A unique key belongs to another live record. Nothing was written.</summary>
public sealed class DuplicateKeyException(RecordKey key, string index, RecordKey existing)
    : StoreException($"Record '{key}' has the same {index} as '{existing}'. Update that record instead.")
{
    public RecordKey Key { get; } = key;

    /// <summary>The index's name. Its value isn't told, because it may stand for a person.</summary>
    public string Index { get; } = index;

    public RecordKey Existing { get; } = existing;
}

/// <summary>An entry isn't as a write expects. Nothing was written.</summary>
public sealed class EntryConflictException(string collection)
    : StoreException($"An entry of '{collection}' was changed by someone else. Read it again and retry.")
{
    public string Collection { get; } = collection;
}

/// <summary>A request id was used before, for other bytes. Nothing was written.</summary>
public sealed class RequestIdReusedException(string requestId)
    : StoreException($"Request id '{requestId}' was used for another request. Choose a new one.")
{
    public string RequestId { get; } = requestId;
}

/// <summary>A reader stands before the floor: tombstones that it hasn't seen are gone.</summary>
public sealed class FeedTrimmedException(FeedPosition after, FeedPosition floor)
    : StoreException(
        $"The feed no longer reaches back to position {after.Value}; its floor is {floor.Value}. Take a new snapshot.")
{
    public FeedPosition After { get; } = after;

    public FeedPosition Floor { get; } = floor;
}

/// <summary>
/// The store didn't answer: nothing was read, or the outcome of a write is unknown. Repeat it, a write with the same
/// request id.
/// </summary>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : StoreException(message, inner);

/// <summary>
/// A data directory can't be opened: another engine made it, another process holds it, or it is damaged.
/// </summary>
public sealed class StoreOpenException(string message, Exception? inner = null) : StoreException(message, inner);
