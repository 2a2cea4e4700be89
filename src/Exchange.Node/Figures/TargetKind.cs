using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Figures;

/// <summary>Targets: found by their division and by the target that they are a part of.</summary>
internal sealed class TargetKind() : PlainKind<Target>(KindName)
{
    /// <summary>The kind's name, and that of the key that names the target above.</summary>
    public const string KindName = "target";

    protected override IEnumerable<FieldViolation> CheckMeaning(Target payload, RuleContext context)
    {
        if (Measures.Of(payload.Measure) is { } rules && !rules.Countings.Contains(payload.Counting))
        {
            yield return new("counting", FigureRules.NotSoCounted(payload.Measure, rules));
        }

        if (payload.Place is { } place && PlaceRules.Code(place).Length == 0)
        {
            yield return new("place.division_code", "It is empty. A target is for a division; send its code.");
        }
    }
}
