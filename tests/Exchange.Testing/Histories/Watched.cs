namespace Exchange.Testing.Histories;

/// <summary>One response of a watch, as its receiver noted it.</summary>
/// <param name="Kind">What was told.</param>
/// <param name="Point">Its resume token.</param>
/// <param name="Key">The record or placement; empty for marks.</param>
/// <param name="Version">Tells versions of a key apart; empty unless it is shown.</param>
/// <param name="Tag">What filters and other watches look at: a vacancy's status, the placement of an event.</param>
internal sealed record Watched(WatchedKind Kind, WatchPoint Point, string Key = "", string Version = "", string Tag = "")
{
    /// <summary>When it was received, in milliseconds of the receiver's clock; 0 when nobody noted it.</summary>
    public long Received { get; init; }

    /// <summary>When the node that was watched wrote it, in milliseconds of the node's clock; 0 when that isn't known.</summary>
    public long Committed { get; init; }
}

/// <summary>What a response tells.</summary>
internal enum WatchedKind
{
    /// <summary>A version of a key.</summary>
    Shown,

    /// <summary>The key is gone or stopped matching.</summary>
    Removed,

    /// <summary>The snapshot is complete.</summary>
    SnapshotEnd,

    /// <summary>Only the token moved.</summary>
    Bookmark,
}
