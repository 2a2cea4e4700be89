using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Money;

/// <summary>Subsidy policies: found by their division and by the document that orders them.</summary>
internal sealed class SubsidyPolicyKind() : PlainKind<SubsidyPolicy>("subsidy_policy")
{
    protected override IEnumerable<FieldViolation> CheckMeaning(SubsidyPolicy payload, RuleContext context)
    {
        for (var i = 0; i < payload.Tiers.Count; i++)
        {
            var tier = payload.Tiers[i];
            if (tier.StayMonths is not (0 or 3 or 6))
            {
                yield return new($"tiers[{i}].stay_months", "It must be 0, 3 or 6: those are the stay checks.");
            }

            if (payload.Tiers.Take(i).Any(before => IsSame(before, tier)))
            {
                yield return new($"tiers[{i}]", "A tier before is for the same workers. This one never counts.");
            }
        }

        var place = PlaceRules.Code(payload.Place);
        for (var i = 0; i < payload.PilotDivisions.Count; i++)
        {
            if (!payload.PilotDivisions[i].DivisionCode.StartsWith(place, StringComparison.Ordinal))
            {
                yield return new(
                    $"pilot_divisions[{i}].division_code",
                    $"It lies outside the policy's place, {place}. Name one within it.");
            }
        }
    }

    private static bool IsSame(SubsidyTier before, SubsidyTier tier) =>
        before.Destination == tier.Destination
        && before.WorkDivisionCode == tier.WorkDivisionCode
        && before.StayMonths == tier.StayMonths;
}
