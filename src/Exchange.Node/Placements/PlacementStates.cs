using Exchange.V1;
using static Exchange.V1.PlacementEventType;

namespace Exchange.Node.Placements;

/// <summary>
/// Computes a placement from its events: the same on every node that holds the same events, whatever order they came
/// in. docs/reference/placement-states.md has the rules as tables.
/// </summary>
internal static class PlacementStates
{
    /// <summary>Computes one placement.</summary>
    /// <param name="events">The events of one placement, at least one, in any order.</param>
    public static Placement Compute(IEnumerable<ObservedEvent> events)
    {
        ObservedEvent[] ordered =
        [
            .. events
                .OrderBy(e => e.Day)
                .ThenBy(e => e.Clock)
                .ThenBy(e => e.HomeNode, StringComparer.Ordinal)
                .ThenBy(e => e.Id, StringComparer.Ordinal)
                .DistinctBy(e => e.Id),
        ];
        ArgumentOutOfRangeException.ThrowIfZero(ordered.Length, nameof(events));

        var voids = new PlacementVoids(ordered);
        ObservedEvent[] effective =
        [
            .. ordered.Where(e => !e.IsWithheld && e.Type != RecordedInError && !voids.IsVoid(e)),
        ];
        var replay = new PlacementReplay(effective);

        var placement = Claims(effective.Length > 0 ? effective : ordered, replay);
        placement.State = replay.Standing.State;
        placement.StateDate = replay.Standing.Last?.Event.HappenedDate?.Clone();
        placement.Disputes.AddRange(replay.Disputes);
        placement.Disputes.AddRange(PlacementClaims.Contradictions(effective));
        if (voids.HasCircle)
        {
            placement.Disputes.Add("RECORDED_IN_ERROR events void each other; none of them has any effect.");
        }

        placement.Disputed = placement.Disputes.Count > 0;
        placement.Events.AddRange(ordered.Select(e => new PlacementEventEntry
        {
            Id = e.Id,
            HomeNode = e.HomeNode,
            Event = e.Event,
            Voided = voids.IsVoid(e),
            Withheld = e.IsWithheld,
        }));
        return placement;
    }

    // Where events disagree the first one counts, and the placement is disputed.
    private static Placement Claims(IReadOnlyList<ObservedEvent> events, PlacementReplay replay)
    {
        var vacancy = First(events, e => e.VacancyId);
        foreach (var moved in replay.Order.Where(e => e.Type is ChangedJob or RePlaced))
        {
            vacancy = moved.Event.NextVacancyId.Length > 0 ? moved.Event.NextVacancyId : vacancy;
        }

        return new Placement
        {
            Id = First(events, e => e.PlacementId),
            WorkerId = First(events, e => e.WorkerId),
            VacancyId = vacancy,
            SendingNode = First(events, e => e.SendingNode),
            ReceivingNode = First(events, e => e.ReceivingNode),
        };
    }

    private static string First(IReadOnlyList<ObservedEvent> events, Func<PlacementEvent, string> claim) =>
        events.Select(e => claim(e.Event)).FirstOrDefault(value => value.Length > 0) ?? "";
}
