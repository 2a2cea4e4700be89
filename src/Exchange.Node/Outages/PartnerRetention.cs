using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Outages;

/// <summary>
/// How long a partner that acknowledges nothing is waited for, before what was deleted is dropped all the same: 400
/// days after it was last heard of, or after an announced outage of either side. Both sides reckon alike.
/// </summary>
internal static class PartnerRetention
{
    /// <summary>How long tombstones are kept at least, and a silent partner is waited for.</summary>
    public static TimeSpan Span { get; } = TimeSpan.FromDays(400);

    /// <summary>
    /// Until when everything is kept for a partner; null for one that was never heard of, for which it always is.
    /// </summary>
    /// <param name="status">What is stored of the partner.</param>
    /// <param name="outages">Those of both sides, also those that are over.</param>
    public static DateTimeOffset? KeptUntil(PeerStatus status, IEnumerable<PlannedOutage> outages)
    {
        // Older versions didn't note when a partner was heard of.
        if ((status.LastHeardTime ?? status.LastSuccessTime) is not { } heard)
        {
            return null;
        }

        var until = heard.ToDateTimeOffset() + Span;

        // One that began after the partner had been given up brings nothing back.
        foreach (var outage in outages.OrderBy(outage => outage.StartTime.ToDateTimeOffset())
            .Where(outage => outage.StartTime.ToDateTimeOffset() <= until))
        {
            var after = outage.EndTime.ToDateTimeOffset() + Span;
            until = after > until ? after : until;
        }

        return until;
    }

    /// <summary>Whether a partner that acknowledges nothing is still waited for.</summary>
    public static async Task<bool> IsAwaitedAsync(
        IRecordStore store, OutageBook book, string peer, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (status, _) = await PeerStates.StoredAsync(store, peer, cancellationToken);
        var until = KeptUntil(status, await book.BetweenAsync(peer, cancellationToken));
        return until is not { } end || now <= end;
    }
}
