using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Placements;

/// <summary>
/// A placement as one of its events led to it, shared by all who watch: computed at most once, and only when the event
/// is the one by which somebody is told.
/// </summary>
internal sealed class SeenPlacement(IReadOnlyList<FeedPosition> events, Func<Task<Placement?>> compute)
{
    private Task<Placement?>? _placement;

    /// <summary>
    /// Whether another event lies behind a place in the feed, up to an end: it will tell what this one would.
    /// </summary>
    public bool HasEventBehind(FeedPosition place, FeedPosition? end) =>
        events.Any(position => position > place && (end is not { } last || position <= last));

    /// <summary>The placement from all events of now, at least those found; null when there are none.</summary>
    public Task<Placement?> ComputeAsync() =>
        _placement is { IsFaulted: false } done ? done : _placement = compute();
}
