namespace Exchange.Testing.Histories;

/// <summary>What stood in a node's feed, as far as the watches that see everything tell.</summary>
internal sealed class FeedReference
{
    private readonly Dictionary<Guid, SortedDictionary<long, Watched>> _epochs = [];
    private readonly Dictionary<Guid, (long[] Positions, ILookup<string, Watched> ByKey)> _lines = [];

    /// <summary>Puts it together; two watchers that saw different things at one position are a finding.</summary>
    public static FeedReference Of(IEnumerable<WatchHistory> histories, List<Finding> findings)
    {
        var reference = new FeedReference();
        foreach (var history in histories.Where(history => history.Scope.IsWhole))
        {
            foreach (var item in history.Calls.SelectMany(call => call.Events)
                .Where(item => item.Kind is WatchedKind.Shown or WatchedKind.Removed))
            {
                reference.Add(item, history.Watcher, findings);
            }
        }

        return reference;
    }

    /// <summary>What stood at a position; null when no watch told.</summary>
    public Watched? At(WatchPoint point) =>
        _epochs.TryGetValue(point.Epoch, out var feed) ? feed.GetValueOrDefault(point.Position) : null;

    /// <summary>Of each key the newest up to a position, with whether something newer of it came behind.</summary>
    public IEnumerable<(string Key, Watched Newest, bool MovedOn)> Upto(WatchPoint point, WatchScope scope)
    {
        if (!_epochs.TryGetValue(point.Epoch, out var feed))
        {
            return [];
        }

        return feed.Values
            .Select(item => (Key: scope.KeyOf(item), Item: item))
            .Where(item => item.Key is not null)
            .GroupBy(item => item.Key!, item => item.Item)
            .Select(group => (
                group.Key,
                Newest: group.LastOrDefault(item => item.Point.Position <= point.Position),
                MovedOn: group.Last().Point.Position > point.Position))
            .Where(item => item.Newest is not null)
            .Select(item => (item.Key, item.Newest!, item.MovedOn));
    }

    /// <summary>What stood between two positions, with the next version of the same key; null when none was seen.</summary>
    public IEnumerable<(Watched Item, Watched? Next)> Between(WatchPoint from, WatchPoint to)
    {
        if (!_epochs.TryGetValue(from.Epoch, out var feed))
        {
            yield break;
        }

        if (!_lines.TryGetValue(from.Epoch, out var line))
        {
            _lines[from.Epoch] = line = ([.. feed.Keys], feed.Values.ToLookup(item => item.Key));
        }

        var at = Array.BinarySearch(line.Positions, from.Position);
        for (at = at < 0 ? ~at : at + 1; at < line.Positions.Length && line.Positions[at] < to.Position; at++)
        {
            var item = feed[line.Positions[at]];
            yield return (item, line.ByKey[item.Key].FirstOrDefault(other => other.Point.Position > item.Point.Position));
        }
    }

    private void Add(Watched item, string watcher, List<Finding> findings)
    {
        if (!_epochs.TryGetValue(item.Point.Epoch, out var feed))
        {
            _epochs[item.Point.Epoch] = feed = [];
        }

        var isKnown = feed.TryGetValue(item.Point.Position, out var seen);
        if (seen is not null
            && (seen.Kind, seen.Key, seen.Version) != (item.Kind, item.Key, item.Version))
        {
            findings.Add(new Finding(
                WatchHistoryCheck.Consistent,
                watcher,
                $"At {item.Point.Position} it saw {item.Key} {item.Version}, another {seen.Key} {seen.Version}."));
        }

        if (!isKnown || item.Received < seen!.Received)
        {
            feed[item.Point.Position] = item;
        }
    }
}
