using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Cooperation;

/// <summary>The responsibility ladder: found by both places.</summary>
internal sealed class ResponsibilityKind() : PlainKind<Responsibility>("responsibility")
{
    public override bool IsPersonal => true;

    protected override IEnumerable<FieldViolation> CheckMeaning(Responsibility payload, RuleContext context)
    {
        var (higher, lower) = payload.Rank switch
        {
            ResponsibilityRank.DepartmentHead => (DivisionLevel.Prefecture, DivisionLevel.County),
            ResponsibilityRank.DivisionHead => (DivisionLevel.County, DivisionLevel.Township),
            _ => (DivisionLevel.Township, DivisionLevel.Village),
        };
        return
        [
            .. PlaceRules.CheckLevel(payload.Place, "place", higher, higher),
            .. PlaceRules.CheckLevel(payload.LowerPlace, "lower_place", lower, lower),
        ];
    }
}
