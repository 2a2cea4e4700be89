using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Training;

/// <summary>The eight ones: found by the village.</summary>
internal sealed class VillageSupportKind() : PlainKind<VillageSupport>("village_support")
{
    protected override IEnumerable<FieldViolation> CheckMeaning(VillageSupport payload, RuleContext context) =>
    [
        .. PlaceRules.CheckLevel(payload.Place, "place", DivisionLevel.Village, DivisionLevel.Village),
        .. DateRules.CheckPast(payload.CheckedDate, context.Today, "checked_date"),
    ];
}
