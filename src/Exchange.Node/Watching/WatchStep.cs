namespace Exchange.Node.Watching;

/// <summary>One step of a watch.</summary>
/// <param name="Token">Up to where the watch is complete after this step.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Item">The record, for the kinds that have one.</param>
/// <param name="MoreFollow">Another step follows without waiting, so this one needn't be flushed.</param>
internal readonly record struct WatchStep(
    ResumeToken Token, WatchStepKind Kind, FeedItem? Item = null, bool MoreFollow = false);

/// <summary>The kinds of <see cref="WatchStep"/>.</summary>
internal enum WatchStepKind
{
    /// <summary>A record of the snapshot: what doesn't match is skipped, because nobody was told of it yet.</summary>
    SnapshotItem,

    /// <summary>
    /// A record that changed, of which a version in between may be missing: what doesn't match is removed.
    /// </summary>
    CatchUpItem,

    /// <summary>
    /// A record that changed, seen live right after the version before: what doesn't match is removed if that one may
    /// have matched.
    /// </summary>
    LiveItem,

    /// <summary>The snapshot is complete.</summary>
    SnapshotEnd,

    /// <summary>Nothing happened for a while.</summary>
    Bookmark,
}
