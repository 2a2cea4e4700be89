using Exchange.Node.Records;
using Exchange.V1;
using Type = Exchange.V1.PlacementEventType;

namespace Exchange.Node.Placements;

/// <summary>
/// What a placement event written here must keep to. What it means beside other events is never a reason to refuse it.
/// </summary>
internal static class PlacementEventRules
{
    /// <summary>Everything that must be mended.</summary>
    public static IEnumerable<FieldViolation> Check(PlacementEvent placed, RuleContext context) =>
    [
        .. ShapeRules.Check(placed),
        .. CheckWriter(placed, context),
        .. CheckDay(placed, context.Today),
        .. CheckVoid(placed),
        .. CheckEvidence(placed, context.Today),
        .. CheckReason(placed),
        .. CheckFitness(placed),
    ];

    private static IEnumerable<FieldViolation> CheckWriter(PlacementEvent placed, RuleContext context)
    {
        var writer = context.Node;
        string[] named = [placed.SendingNode, placed.ReceivingNode];
        if (placed.Type == Type.Referred && placed.SendingNode != writer)
        {
            yield return new(
                "sending_node", $"Only the worker's own region refers it. On this node it must be '{writer}'.");
        }
        else if (!named.Contains(writer) && !named.Intersect(context.Predecessors).Any())
        {
            yield return new(
                "receiving_node",
                $"An event is written by one of its two nodes. One must be '{writer}', or a node whose place it took.");
        }
    }

    private static IEnumerable<FieldViolation> CheckDay(PlacementEvent placed, DateOnly today)
    {
        if (placed.HappenedDate is null)
        {
            yield return new("happened_date", "It is missing. Send the day on which it happened, in Asia/Shanghai.");
        }

        foreach (var violation in DateRules.CheckPast(placed.HappenedDate, today, "happened_date"))
        {
            yield return violation;
        }
    }

    private static IEnumerable<FieldViolation> CheckVoid(PlacementEvent placed)
    {
        var isVoid = placed.Type == Type.RecordedInError;
        if (!isVoid && placed.VoidedEventId.Length > 0)
        {
            yield return new(
                "voided_event_id", "Only an event of type RECORDED_IN_ERROR voids another. Leave it empty.");
        }

        if (isVoid && placed.VoidedEventId.Length == 0)
        {
            yield return new("voided_event_id", "It is empty. Send the id of the event that was a mistake.");
        }
    }

    private static IEnumerable<FieldViolation> CheckEvidence(PlacementEvent placed, DateOnly today)
    {
        var evidence = placed.Evidence;
        foreach (var violation in DateRules.CheckPast(evidence?.CheckedDate, today, "evidence.checked_date"))
        {
            yield return violation;
        }

        if (placed.Type is not (Type.Checked3Months or Type.Checked6Months))
        {
            yield break;
        }

        // Money is paid on these checks, and auditors ask how, by whom and when.
        if (evidence is null or { Kind: EvidenceKind.Unspecified })
        {
            yield return new("evidence.kind", "A stay check needs its evidence. Say what was looked at.");
        }

        if (TextRules.IsBlank(evidence?.CheckedBy ?? ""))
        {
            yield return new(
                "evidence.checked_by", "A stay check needs its evidence. Say which office or role looked.");
        }

        if (evidence?.CheckedDate is null)
        {
            yield return new("evidence.checked_date", "A stay check needs its evidence. Send the day of the check.");
        }
    }

    private static IEnumerable<FieldViolation> CheckFitness(PlacementEvent placed)
    {
        if (placed.FitUntilDate is not null && placed.Type != Type.FitForPost)
        {
            yield return new("fit_until_date", "Only an event of type FIT_FOR_POST has one. Leave it out.");
        }

        foreach (var violation in DateRules.CheckOrder(
            placed.HappenedDate, placed.FitUntilDate, "happened_date", "fit_until_date"))
        {
            yield return violation;
        }
    }

    private static IEnumerable<FieldViolation> CheckReason(PlacementEvent placed)
    {
        if (placed.LeaveReason == LeaveReason.Other && TextRules.IsBlank(placed.ReasonWords))
        {
            yield return new("reason_words", "They are empty. Another reason needs words.");
        }

        if (placed.NextVacancyId.Length > 0 && placed.Type is not (Type.ChangedJob or Type.RePlaced))
        {
            yield return new(
                "next_vacancy_id", "Only somebody who changed jobs or was placed again has one. Leave it empty.");
        }
    }
}
