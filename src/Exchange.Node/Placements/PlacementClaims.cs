using Exchange.V1;
using static Exchange.V1.PlacementEventType;

namespace Exchange.Node.Placements;

/// <summary>
/// The contradictions between what a placement's events say of its worker, its nodes, its vacancy and its beginning. An
/// empty field says nothing: a partner may hold a copy without it.
/// </summary>
internal static class PlacementClaims
{
    /// <summary>One sentence for each rule that is broken, without personal data.</summary>
    /// <param name="events">Events that aren't void, by day, clock, node and id.</param>
    public static IEnumerable<string> Contradictions(IReadOnlyList<ObservedEvent> events) =>
    [
        .. Differ(events, e => e.WorkerId, "workers"),
        .. Differ(events, e => e.SendingNode, "sending nodes"),
        .. Differ(events, e => e.ReceivingNode, "receiving nodes"),
        .. Differ([.. events.Where(e => e.Type == Referred)], e => e.VacancyId, "vacancies"),
        .. UnknownVacancy(events),
        .. BeforeReferral(events),
    ];

    private static IEnumerable<string> Differ(
        IReadOnlyList<ObservedEvent> events, Func<PlacementEvent, string> claim, string what)
    {
        var claims = events.Where(e => claim(e.Event).Length > 0).DistinctBy(e => claim(e.Event)).Take(2).ToList();
        if (claims.Count == 2)
        {
            yield return $"{claims[0]} and {claims[1]} name different {what}.";
        }
    }

    private static IEnumerable<string> UnknownVacancy(IReadOnlyList<ObservedEvent> events)
    {
        var referred = events.Where(e => e.Type == Referred && e.Event.VacancyId.Length > 0).ToList();
        var moved = events.Where(e => e.Type is ChangedJob or RePlaced).ToList();
        if (referred.Count == 0 || moved.Any(e => e.Event.NextVacancyId.Length == 0))
        {
            yield break;
        }

        var known = referred.Select(e => e.Event.VacancyId)
            .Concat(moved.Select(e => e.Event.NextVacancyId))
            .ToHashSet(StringComparer.Ordinal);
        var unknown = events.FirstOrDefault(e => e.Event.VacancyId.Length > 0 && !known.Contains(e.Event.VacancyId));
        if (unknown is not null)
        {
            yield return $"{unknown} names a vacancy that no REFERRED, CHANGED_JOB or RE_PLACED names.";
        }
    }

    private static IEnumerable<string> BeforeReferral(IReadOnlyList<ObservedEvent> events)
    {
        var referral = events.FirstOrDefault(e => e.Type == Referred);
        if (referral is not null && events[0].Day < referral.Day)
        {
            yield return $"{events[0]} is dated before {referral}, which begins the placement.";
        }
    }
}
