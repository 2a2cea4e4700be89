using Exchange.V1;
using static Exchange.V1.PlacementEventType;

namespace Exchange.Node.Placements;

/// <summary>Where a placement stands after some of its events.</summary>
/// <param name="Last">The event that moved it last; null at the beginning.</param>
/// <param name="WorkBegan">The first day of work since the worker last came home; null when none is known.</param>
internal readonly record struct PlacementStanding(ObservedEvent? Last, DateOnly? WorkBegan)
{
    /// <summary>The state that each type of event makes. A type that isn't here makes none.</summary>
    public static IReadOnlyDictionary<PlacementEventType, PlacementState> States { get; } =
        new Dictionary<PlacementEventType, PlacementState>
        {
            [Referred] = PlacementState.Referred,
            [Interviewed] = PlacementState.Referred,
            [FitForPost] = PlacementState.Referred,
            [Offered] = PlacementState.Offered,
            [Departed] = PlacementState.Departed,
            [Arrived] = PlacementState.Arrived,
            [Started] = PlacementState.Working,
            [Checked3Months] = PlacementState.Stable3Months,
            [Checked6Months] = PlacementState.Stable6Months,
            [ChangedJob] = PlacementState.Working,
            [Left] = PlacementState.Left,
            [ReturnedHome] = PlacementState.Returned,
            [RePlaced] = PlacementState.Working,
            [Declined] = PlacementState.Declined,
        };

    /// <summary>The state.</summary>
    public PlacementState State => Last is null ? PlacementState.Unspecified : States[Last.Type];

    /// <summary>Whether the next event contradicts where the placement stands.</summary>
    public bool IsContradictedBy(ObservedEvent next) => Rule(next) is not null || IsTooEarly(next);

    /// <summary>What the next event contradicts, in a sentence without personal data.</summary>
    public string Describe(ObservedEvent next) => Rule(next) is { } rule
        ? rule.Describe(Last!, next)
        : $"{next} comes less than {MonthsOf(next.Type)} months after work began on {WorkBegan:O}.";

    /// <summary>Where the placement stands after the next event. One that contradicts moves it all the same.</summary>
    public PlacementStanding After(ObservedEvent next)
    {
        if (!States.ContainsKey(next.Type))
        {
            return this;
        }

        var moves = Last is null || Moves(Last.Type, next.Type);
        return new PlacementStanding(moves ? next : Last, next.Type switch
        {
            Referred when moves => null,
            ReturnedHome => null,
            RePlaced => next.Day,
            Started or ChangedJob => WorkBegan ?? next.Day,
            _ => WorkBegan,
        });
    }

    /// <summary>Whether an event moves a placement from where it stands; otherwise it is only noted.</summary>
    private static bool Moves(PlacementEventType last, PlacementEventType next) => next switch
    {
        // Only where the last attempt has ended does a referral begin anew.
        Referred => last is Declined or Left or ReturnedHome,
        Interviewed or FitForPost => false,

        // Later steps imply an offer; it may be put on paper after them.
        Offered => last is Referred or Interviewed or FitForPost or Declined,

        // Somebody may be turned down on the way.
        Arrived => last is not Declined,

        // A further check changes nothing, nor does an older one that was made late.
        Checked3Months => last is not (Checked3Months or Checked6Months),
        Checked6Months => last is not Checked6Months,

        // Many resign, and some are turned down, only after they went home.
        Left => last is not ReturnedHome,
        Declined => last is not (ReturnedHome or Declined),
        _ => true,
    };

    // Both parties may enter the same step.
    private Contradiction? Rule(ObservedEvent next) =>
        Last is null || (Last.Type == next.Type && Last.Day == next.Day)
            ? null
            : Contradictions.Find(Last.Type, next.Type);

    private bool IsTooEarly(ObservedEvent check) =>
        MonthsOf(check.Type) is { } months && WorkBegan is { } began && check.Day < began.AddMonths(months);

    private static int? MonthsOf(PlacementEventType check) => check switch
    {
        Checked3Months => 3,
        Checked6Months => 6,
        _ => null,
    };
}
