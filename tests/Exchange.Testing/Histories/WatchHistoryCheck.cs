namespace Exchange.Testing.Histories;

/// <summary>
/// Holds recorded watches of one node against what a watch promises. The properties are those of etcd's watch, read
/// for a feed that holds each record once, at its newest position: a version that was overwritten before it was read
/// may be passed over, and nothing else.
/// </summary>
/// <remarks>
/// What stands in the feed is put together from the watches that see everything: each position belongs to one version.
/// So a version that one of them saw and another passed over without cause is found, whichever of them is wrong.
/// </remarks>
internal sealed class WatchHistoryCheck
{
    /// <summary>Positions never fall.</summary>
    public const string Ordered = "ordered";

    /// <summary>No version and no position is told twice.</summary>
    public const string Unique = "unique";

    /// <summary>The records of one commit come together: no mark and no other record between them.</summary>
    public const string Atomic = "atomic";

    /// <summary>Nothing is passed over, unless something newer of the same key follows.</summary>
    public const string Reliable = "reliable";

    /// <summary>A resumed call goes on right behind its token, and a complete snapshot isn't begun again.</summary>
    public const string Resumable = "resumable";

    /// <summary>At a bookmark and at the end of the snapshot, everything up to there was told.</summary>
    public const string Bookmarkable = "bookmarkable";

    /// <summary>All watchers see the same version at a position.</summary>
    public const string Consistent = "consistent";

    /// <summary>Only what matches is shown, and what stops matching is removed.</summary>
    public const string Filtered = "filtered";

    private readonly List<Finding> _findings = [];
    private readonly FeedReference _feed;
    private readonly IReadOnlyList<IReadOnlyCollection<(string Key, string Version)>> _commits;

    private WatchHistoryCheck(
        IReadOnlyCollection<WatchHistory> histories,
        IReadOnlyList<IReadOnlyCollection<(string Key, string Version)>> commits)
    {
        _feed = FeedReference.Of(histories, _findings);
        _commits = commits;
    }

    /// <summary>Returns every promise that is broken.</summary>
    /// <param name="histories">The watches of one node.</param>
    /// <param name="commits">What is known to have been written in one commit.</param>
    public static IReadOnlyList<Finding> Run(
        IReadOnlyCollection<WatchHistory> histories, params IReadOnlyCollection<(string Key, string Version)>[] commits)
    {
        var check = new WatchHistoryCheck(histories, commits);
        foreach (var history in histories)
        {
            foreach (var segment in Segments(history))
            {
                check.CheckSegment(history, segment);
            }
        }

        return check._findings;
    }

    // A call without a token begins anew: what its watcher held before is dropped.
    private static IEnumerable<IReadOnlyList<WatchCall>> Segments(WatchHistory history)
    {
        var segment = new List<WatchCall>();
        foreach (var call in history.Calls)
        {
            if (call.ResumedFrom is null && segment.Count > 0)
            {
                yield return segment;
                segment = [];
            }

            segment.Add(call);
        }

        if (segment.Count > 0)
        {
            yield return segment;
        }
    }

    private void CheckSegment(WatchHistory history, IReadOnlyList<WatchCall> calls)
    {
        var view = new WatcherView(history, _feed, _findings);
        foreach (var call in calls)
        {
            if (call.ResumedFrom is { } from)
            {
                view.Resume(from, call.Events);
            }

            foreach (var item in call.Events)
            {
                view.Take(item);
            }

            if (history.Scope.IsWhole)
            {
                CheckAtomic(history, call);
            }
        }

        view.CheckEnd();
    }

    private void CheckAtomic(WatchHistory history, WatchCall call)
    {
        foreach (var commit in _commits)
        {
            var shown = call.Events.Index()
                .Where(item => commit.Contains((item.Item.Key, item.Item.Version)))
                .Select(item => item.Index)
                .ToList();
            if (shown.Count > 1 && shown[^1] - shown[0] != shown.Count - 1)
            {
                var first = call.Events[shown[0]];
                _findings.Add(new Finding(
                    Atomic, history.Watcher, $"The commit that begins with {first.Key} at {first.Point.Position} is split."));
            }
        }
    }
}
