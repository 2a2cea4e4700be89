namespace Exchange.Testing.Histories;

/// <summary>Everything that one watcher was told, over all its calls.</summary>
/// <param name="Watcher">Its name in findings.</param>
/// <param name="Scope">What it watched.</param>
/// <param name="Calls">Its calls, in order; each resumed from the last token of the one before, or began anew.</param>
internal sealed record WatchHistory(string Watcher, WatchScope Scope, IReadOnlyList<WatchCall> Calls);

/// <summary>One call of a watcher.</summary>
/// <param name="ResumedFrom">The token that it sent; null for a snapshot.</param>
/// <param name="Events">What it was told.</param>
internal sealed record WatchCall(WatchPoint? ResumedFrom, IReadOnlyList<Watched> Events);

/// <summary>What a watch is to tell of the records of the feed.</summary>
/// <param name="KeyOf">The key under which it tells a record of the feed; null for one that it passes over.</param>
/// <param name="Matches">Whether its filter lets a version through.</param>
/// <param name="IsWhole">It tells every record as it stands in the feed, so that others are measured by it.</param>
/// <param name="IsComputed">It tells states that are computed, whose versions aren't the records'.</param>
internal sealed record WatchScope(
    Func<Watched, string?> KeyOf, Func<Watched, bool> Matches, bool IsWhole = false, bool IsComputed = false)
{
    /// <summary>Every record, unfiltered.</summary>
    public static WatchScope Everything { get; } = new(item => item.Key, _ => true, IsWhole: true);
}

/// <summary>A promise that a history breaks.</summary>
/// <param name="Property">Which.</param>
/// <param name="Who">The watcher, or the node.</param>
/// <param name="Words">What was seen.</param>
internal sealed record Finding(string Property, string Who, string Words)
{
    public override string ToString() => $"{Property} ({Who}): {Words}";
}
