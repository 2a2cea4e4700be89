using static Exchange.Testing.Histories.WatchHistoryCheck;

namespace Exchange.Testing.Histories;

/// <summary>What a watcher holds after each response, from a snapshot on over all calls that resumed it.</summary>
internal sealed class WatcherView(WatchHistory history, FeedReference feed, List<Finding> findings)
{
    private readonly Dictionary<string, Watched> _held = [];
    private readonly HashSet<(string Key, string Version)> _shown = [];
    private WatchPoint? _last;
    private bool _isComplete;

    /// <summary>A call begins with a token.</summary>
    public void Resume(WatchPoint from, IReadOnlyList<Watched> events)
    {
        if (_last is { } last && from != last)
        {
            Find(Resumable, $"It resumed from {from.Position}, but was last told {last.Position}.");
        }

        if (events.Count == 0)
        {
            return;
        }

        var (first, isMark) = (events[0].Point, events[0].Kind is WatchedKind.SnapshotEnd or WatchedKind.Bookmark);
        if (first.Epoch != from.Epoch)
        {
            Find(Resumable, "A token of one history was resumed in another.");
        }
        else if (first.Position < from.Position || (!isMark && first.Position == from.Position))
        {
            Find(Resumable, $"Resumed behind {from.Position}, it was told {first.Position} again.");
        }
    }

    /// <summary>A response came.</summary>
    public void Take(Watched item)
    {
        var isRecord = item.Kind is WatchedKind.Shown or WatchedKind.Removed;
        if (_last is { } last && last.Epoch == item.Point.Epoch)
        {
            if (item.Point.Position < last.Position)
            {
                Find(Ordered, $"{item.Kind} {item.Key} at {item.Point.Position} came behind {last.Position}.");
            }
            else if (isRecord && item.Point.Position == last.Position && last.Position > 0)
            {
                Find(Unique, $"Position {last.Position} was told twice, the second time for {item.Key}.");
            }
        }

        CheckPassedOver(item);
        switch (item.Kind)
        {
            case WatchedKind.Shown:
                Show(item);
                break;
            case WatchedKind.Removed:
                _held.Remove(item.Key);
                break;
            case WatchedKind.SnapshotEnd when _isComplete:
                Find(Resumable, $"The snapshot ended once more at {item.Point.Position}.");
                break;
            case WatchedKind.SnapshotEnd:
                _isComplete = true;
                CheckState(item.Point, Bookmarkable, mayHaveMovedOn: true);
                break;
            default:
                // In a watch that passes nothing over, a bookmark comes only in silence: nothing newer was there then.
                CheckState(item.Point, Bookmarkable, mayHaveMovedOn: !history.Scope.IsWhole || !_isComplete);
                break;
        }

        _last = item.Point;
    }

    /// <summary>The history ends.</summary>
    public void CheckEnd()
    {
        if (_last is { } last)
        {
            CheckState(last, Reliable, mayHaveMovedOn: true);
        }
    }

    // What was passed over was overwritten before this was received. A node whose clock ran ahead says nothing about when.
    private void CheckPassedOver(Watched item)
    {
        var from = _last ?? new WatchPoint(item.Point.Epoch, 0, 0);
        if (!history.Scope.IsWhole || from.Epoch != item.Point.Epoch || (_last is null && item.Kind != WatchedKind.Shown))
        {
            return;
        }

        foreach (var (passed, next) in feed.Between(from, item.Point))
        {
            // A snapshot doesn't tell of what is gone.
            if (passed.Kind == WatchedKind.Shown && next is { Committed: > 0 } && next.Committed <= next.Received
                && item.Received > 0 && next.Committed > item.Received)
            {
                Find(
                    Reliable,
                    $"{passed.Key} at {passed.Point.Position} was passed over and changed only later.");
            }
        }
    }

    private void Show(Watched item)
    {
        // A computed state may be told again when one of its records got a new version that says the same.
        if (!history.Scope.IsComputed && !_shown.Add((item.Key, item.Version)))
        {
            Find(Unique, $"{item.Key} {item.Version} was shown twice, the second time at {item.Point.Position}.");
        }

        if (!history.Scope.IsComputed && feed.At(item.Point) is { } entry)
        {
            if ((entry.Key, entry.Version) != (item.Key, item.Version))
            {
                Find(Consistent, $"At {item.Point.Position} it saw {item.Key} {item.Version}, not {entry.Key} {entry.Version}.");
            }
            else if (!history.Scope.Matches(entry))
            {
                Find(Filtered, $"{item.Key} {item.Version} at {item.Point.Position} doesn't match.");
            }
        }

        _held[item.Key] = item;
    }

    private void CheckState(WatchPoint point, string property, bool mayHaveMovedOn)
    {
        foreach (var (key, newest, movedOn) in feed.Upto(point, history.Scope))
        {
            if (movedOn && mayHaveMovedOn)
            {
                continue;
            }

            var isThere = history.Scope.IsComputed
                || (newest.Kind == WatchedKind.Shown && history.Scope.Matches(newest));
            if (!isThere && _held.ContainsKey(key))
            {
                Find(Filtered, $"At {point.Position} it still holds {key}, which {newest.Point.Position} took away.");
            }
            else if (isThere && _held.GetValueOrDefault(key)?.Point.Position != newest.Point.Position)
            {
                Find(property, $"At {point.Position} it lacks {key}, which stands at {newest.Point.Position}.");
            }
        }
    }

    private void Find(string property, string words) => findings.Add(new Finding(property, history.Watcher, words));
}
