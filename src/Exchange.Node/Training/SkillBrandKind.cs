using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Training;

/// <summary>Skill brands: found by their place and by whoever keeps them.</summary>
internal sealed class SkillBrandKind() : PlainKind<SkillBrand>("skill_brand")
{
    protected override IEnumerable<FieldViolation> CheckMeaning(SkillBrand payload, RuleContext context) =>
    [
        .. DateRules.CheckPast(payload.CountedDate, context.Today, "counted_date"),
    ];
}
