using Exchange.V1;

namespace Exchange.Node.Matching;

/// <summary>
/// The fields of persons' records that matching reads, and no others: the table that the contract's comment on
/// MatchingService and docs/operating/matching.md show. A test changes every other field and sees the same answers.
/// </summary>
internal static class MatchFields
{
    /// <summary>Of a worker.</summary>
    public static IReadOnlyList<string> OfWorker { get; } =
    [
        "birth_date", "schooling.band", "skills.occupation", "work_history.occupation", "willingness.kind",
        "willingness.occupations", "willingness.places", "willingness.pay", "employment_status", "card_status_history",
        "disability.wants_reserved_post", "household_id", "registered_place",
    ];

    /// <summary>Of a household, for posts that are reserved for some.</summary>
    public static IReadOnlyList<string> OfHousehold { get; } = ["card_status_history", "relocation"];

    /// <summary>What matching reads of a worker beyond what figures read too.</summary>
    public static MatchTraits TraitsOf(Worker worker) => new(
        worker.Willingness?.Kind ?? default,
        worker.Willingness?.Occupations ?? [],
        worker.Willingness?.Places ?? [],
        worker.Willingness?.Pay,
        worker.Skills.Select(skill => skill.Occupation),
        worker.WorkHistory.Select(entry => entry.Occupation),
        worker.Disability?.WantsReservedPost == true);
}
