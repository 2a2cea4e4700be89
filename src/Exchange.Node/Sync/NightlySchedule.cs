using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Exchange.Node.Records;

namespace Exchange.Node.Sync;

/// <summary>
/// When a nightly session is due: each day at a time in Asia/Shanghai, a little later each day anew. The delay follows
/// from the two nodes and the day alone, so that a restart neither moves a run nor repeats one.
/// </summary>
/// <param name="Node">This node.</param>
/// <param name="Peer">The partner.</param>
/// <param name="At">The time of day.</param>
/// <param name="Jitter">The longest delay.</param>
internal sealed record NightlySchedule(string Node, string Peer, TimeOnly At, TimeSpan Jitter)
{
    /// <summary>The first run after a moment.</summary>
    public DateTimeOffset Next(DateTimeOffset after)
    {
        // The day before may still be due: a delay can reach past midnight.
        for (var day = DayOf(after).AddDays(-1); ; day = day.AddDays(1))
        {
            if (RunOn(day) is var run && run > after)
            {
                return run;
            }
        }
    }

    /// <summary>The last run up to a moment.</summary>
    public DateTimeOffset Last(DateTimeOffset upTo)
    {
        for (var day = DayOf(upTo); ; day = day.AddDays(-1))
        {
            if (RunOn(day) is var run && run <= upTo)
            {
                return run;
            }
        }
    }

    /// <summary>
    /// When to run next, given when a session last began: at once if a run was slept through, but a partner that was
    /// never called is first called by its schedule or by hand.
    /// </summary>
    public DateTimeOffset Due(DateTimeOffset now, DateTimeOffset? lastStart) =>
        lastStart is { } last && last < Last(now) ? now : Next(now);

    private DateTimeOffset RunOn(DateOnly day)
    {
        var start = new DateTimeOffset(day.ToDateTime(At), NodeIdentity.TimeZone.BaseUtcOffset);
        return start + TimeSpan.FromTicks((long)(Jitter.Ticks * Share(day)));
    }

    private double Share(DateOnly day)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{Node}\n{Peer}\n{day.DayNumber}"), hash);
        return BinaryPrimitives.ReadUInt32BigEndian(hash) / (double)uint.MaxValue;
    }

    private static DateOnly DayOf(DateTimeOffset time) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time, NodeIdentity.TimeZone).DateTime);
}
