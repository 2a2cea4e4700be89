using System.Text;
using Exchange.V1;

namespace Exchange.Node.Outages;

/// <summary>What a planned outage must keep to, whether announced here or by a partner.</summary>
internal static class OutageRules
{
    /// <summary>How many a node has planned at most.</summary>
    public const int MaxPlanned = 20;

    /// <summary>The longest reason, in characters.</summary>
    public const int MaxReasonLength = 200;

    /// <summary>
    /// The longest outage, and the longest time before it. A mistyped year keeps no partner's tombstones for a century.
    /// </summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromDays(731);

    /// <summary>What is wrong with the outages that a partner tells of; null when nothing is.</summary>
    /// <param name="outages">All that the partner told.</param>
    /// <param name="node">The partner.</param>
    public static string? FaultOf(IReadOnlyCollection<PlannedOutage> outages, string node)
    {
        if (outages.Count > MaxPlanned)
        {
            return $"it has more than {MaxPlanned} planned outages";
        }

        return outages.All(outage => IsSound(outage, node)) && outages.DistinctBy(o => o.Id).Count() == outages.Count
            ? null
            : "it has a planned outage that breaks the contract";
    }

    /// <summary>Whether a reason is one line of 1 to 200 characters.</summary>
    public static bool IsReason(string text)
    {
        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            length++;
            if (Rune.IsControl(rune))
            {
                return false;
            }
        }

        return length <= MaxReasonLength && !string.IsNullOrWhiteSpace(text);
    }

    /// <summary>Whether an outage has begun and isn't over.</summary>
    public static bool Covers(PlannedOutage outage, DateTimeOffset moment) =>
        outage.StartTime.ToDateTimeOffset() <= moment && moment < outage.EndTime.ToDateTimeOffset();

    /// <summary>Whether an outage is over.</summary>
    public static bool IsOver(PlannedOutage outage, DateTimeOffset now) => outage.EndTime.ToDateTimeOffset() <= now;

    private static bool IsSound(PlannedOutage outage, string node) =>
        outage.Node == node
        && Guid.TryParseExact(outage.Id, "D", out var id) && id.ToString() == outage.Id
        && outage is { StartTime: not null, EndTime: not null, AnnounceTime: not null }
        && HasTimes(outage)
        && IsReason(outage.Reason);

    // Seconds are compared before anything is turned into a date that may not exist.
    private static bool HasTimes(PlannedOutage outage)
    {
        long[] seconds = [outage.StartTime.Seconds, outage.EndTime.Seconds, outage.AnnounceTime.Seconds];
        int[] nanos = [outage.StartTime.Nanos, outage.EndTime.Nanos, outage.AnnounceTime.Nanos];
        return Array.TrueForAll(seconds, IsThisCentury)
            && Array.TrueForAll(nanos, part => part is >= 0 and < 1_000_000_000)
            && outage.EndTime.CompareTo(outage.StartTime) > 0
            && outage.EndTime - outage.StartTime is var span && span.ToTimeSpan() <= Longest
            && (outage.StartTime - outage.AnnounceTime).ToTimeSpan() <= Longest;
    }

    // 2000 to 2100.
    private static bool IsThisCentury(long seconds) => seconds is >= 946_684_800 and < 4_102_444_800;
}
