namespace Exchange.Node.Sync;

/// <summary>How long to wait after failures: twice as long each time, up to a longest, and less by chance.</summary>
/// <param name="First">After the first failure.</param>
/// <param name="Longest">After many.</param>
internal sealed record Backoff(TimeSpan First, TimeSpan Longest)
{
    /// <summary>For a nightly session: it has the night.</summary>
    public static Backoff Nightly { get; } = new(TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(15));

    /// <summary>For a live session: it should be there again within seconds of a restart.</summary>
    public static Backoff Live { get; } = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(2));

    /// <summary>The time to wait.</summary>
    /// <param name="failures">Failures in a row, from 1.</param>
    /// <param name="chance">0 to 1: the share of the random half.</param>
    public TimeSpan After(int failures, double chance)
    {
        // 2^20 of the shortest is longer than any longest; more would overflow.
        var full = Math.Min(First.Ticks * Math.Pow(2, Math.Min(failures - 1, 20)), Longest.Ticks);
        return TimeSpan.FromTicks((long)(full * (0.5 + (0.5 * chance))));
    }
}
