using System.Collections.Frozen;
using Exchange.V1;
using static Exchange.V1.PlacementEventType;

namespace Exchange.Node.Placements;

/// <summary>
/// What makes a placement disputed. What isn't here is no contradiction: steps may be missing, because they are entered
/// late or never, and every party may enter the same step.
/// </summary>
internal static class Contradictions
{
    /// <summary>The pairs that contradict when nothing lies between.</summary>
    public static IReadOnlyList<Contradiction> Pairs { get; } =
    [
        new("after_decline",
            After: [Declined],
            Then:
            [
                Interviewed, FitForPost, Offered, Departed, Started, Checked3Months, Checked6Months, ChangedJob, Left,
            ],
            Missing: [Referred]),
        new("declined_at_work",
            After: [Started, ChangedJob, Checked3Months, Checked6Months, Left],
            Then: [Declined],
            Missing: [RePlaced]),
        new("departed_while_away",
            After: [Departed, Arrived, Started, ChangedJob, Checked3Months, Checked6Months, Left],
            Then: [Departed],
            Missing: [ReturnedHome, RePlaced]),
        new("arrived_while_away",
            After: [Arrived, Started, ChangedJob, Checked3Months, Checked6Months, Left],
            Then: [Arrived],
            Missing: [ReturnedHome, RePlaced]),
        new("started_twice",
            After: [Started, Checked3Months, Checked6Months],
            Then: [Started],
            Missing: [Left, ChangedJob, RePlaced]),
        new("at_work_while_home",
            After: [ReturnedHome],
            Then: [Started, ChangedJob, Checked3Months, Checked6Months],
            Missing: [RePlaced, Departed, Arrived]),
        new("checked_after_leaving",
            After: [Left],
            Then: [Checked3Months, Checked6Months],
            Missing: [Started, ChangedJob, RePlaced]),
        new("left_twice", After: [Left], Then: [Left], Missing: [Started, ChangedJob, RePlaced]),
        new("returned_twice", After: [ReturnedHome], Then: [ReturnedHome], Missing: [Departed, Arrived, RePlaced]),
    ];

    /// <summary>The rules that look at more than two events, by name, with what makes them apply.</summary>
    public static IReadOnlyList<(string Name, string When)> Others { get; } =
    [
        (CheckedTooEarlyName, "A stay check comes before its 3 or 6 months since work began (STARTED, CHANGED_JOB or "
            + "RE_PLACED, the first of them since the worker last came home)."),
        (BeforeReferralName, "An event is dated before the first REFERRED."),
        (PartiesDifferName, "Events name different workers, sending nodes or receiving nodes."),
        (ReferralsDifferName, "Two REFERRED name different vacancies: another vacancy is another placement."),
        (UnknownVacancyName, "An event names a vacancy that no REFERRED, CHANGED_JOB or RE_PLACED names. Not asked "
            + "while the referral is unknown, or the new vacancy of a CHANGED_JOB or RE_PLACED is."),
        (VoidCircleName, "RECORDED_IN_ERROR events void each other in a circle. None of them has any effect."),
    ];

    internal const string CheckedTooEarlyName = "checked_too_early";
    internal const string BeforeReferralName = "before_referral";
    internal const string PartiesDifferName = "parties_differ";
    internal const string ReferralsDifferName = "referrals_differ";
    internal const string UnknownVacancyName = "unknown_vacancy";
    internal const string VoidCircleName = "void_circle";

    private static readonly FrozenDictionary<(PlacementEventType, PlacementEventType), Contradiction> ByPair =
        Pairs.SelectMany(rule => rule.After.SelectMany(after => rule.Then.Select(then => (Pair: (after, then), rule))))
            .ToFrozenDictionary(entry => entry.Pair, entry => entry.rule);

    /// <summary>Returns the rule that an event breaks where the placement stands, or null.</summary>
    public static Contradiction? Find(PlacementEventType after, PlacementEventType then) =>
        ByPair.GetValueOrDefault((after, then));
}
