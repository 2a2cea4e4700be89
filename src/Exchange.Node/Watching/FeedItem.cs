using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Watching;

/// <summary>One feed record on its way to watchers; decoded at most once, however many watch.</summary>
internal sealed class FeedItem(StoredRecord stored)
{
    private Record? _record;

    public StoredRecord Stored { get; } = stored;

    /// <summary>
    /// The version before this one was shown too, so that its keys tell what a watcher was sent of the record.
    /// </summary>
    public bool FollowsShown { get; init; }

    /// <summary>A response that was made of this item, shared by watchers that send the same.</summary>
    public object? Shared { get; set; }

    /// <summary>
    /// The record as clients see it; null for one that was damaged in the store, which no watch shows.
    /// </summary>
    public Record? TryDecode(Records.RecordCodec codec) => _record ??= codec.TryDecode(Stored);
}
