using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Money;

/// <summary>What is known of a claim.</summary>
/// <param name="Policy">The version of the policy.</param>
/// <param name="Placement">The placement.</param>
/// <param name="Worker">The worker as this node holds it; null when it doesn't.</param>
/// <param name="IsCopy">The worker is another node's, and the copy may lack what was not agreed.</param>
/// <param name="WorkCode">The code of the work place; empty when it isn't known.</param>
/// <param name="Paid">Payments to the worker under policies of the same name that count.</param>
/// <param name="Day">The day of the claim.</param>
internal sealed record EligibilityFacts(
    SubsidyPolicy Policy,
    Placement Placement,
    Worker? Worker,
    bool IsCopy,
    string WorkCode,
    IReadOnlyList<SubsidyPayment> Paid,
    DateOnly Day)
{
    /// <summary>The code of where the worker is registered; empty when it isn't known here.</summary>
    public string HomeCode { get; } = PlaceRules.Code(Worker?.RegisteredPlace);

    /// <summary>
    /// The day on which work began that still counts: the first since the worker last came home; null before.
    /// </summary>
    public DateOnly? Began { get; } = BeganOn(Placement);

    /// <summary>The day of the stay check of so many months, since work began; null when there is none.</summary>
    public DateOnly? Stayed(int months)
    {
        if (months == 0)
        {
            return Began;
        }

        // Whoever is found there after six months was there after three.
        var isEnough = Standing(Placement).LastOrDefault(
            one => (one.Type == PlacementEventType.Checked3Months && months <= 3)
                || one.Type == PlacementEventType.Checked6Months);
        return DateRules.Day(isEnough?.HappenedDate) is { } day && day >= Began ? day : null;
    }

    private static DateOnly? BeganOn(Placement placement)
    {
        DateOnly? began = null;
        foreach (var one in Standing(placement))
        {
            began = one.Type switch
            {
                PlacementEventType.ReturnedHome => null,
                PlacementEventType.Started or PlacementEventType.ChangedJob or PlacementEventType.RePlaced =>
                    began ?? DateRules.Day(one.HappenedDate),
                _ => began,
            };
        }

        return began;
    }

    private static IEnumerable<PlacementEvent> Standing(Placement placement) =>
        placement.Events.Where(entry => !entry.Voided && !entry.Withheld).Select(entry => entry.Event);
}
