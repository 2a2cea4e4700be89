using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Training;

/// <summary>Members of skill brands: found by the worker and by the brand.</summary>
internal sealed class BrandMemberKind() : PlainKind<BrandMember>("brand_member")
{
    public override bool IsPersonal => true;

    protected override IEnumerable<FieldViolation> CheckMeaning(BrandMember payload, RuleContext context) =>
    [
        .. DateRules.CheckPast(payload.FromDate, context.Today, "from_date"),
    ];
}
