using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Workers;

/// <summary>What a household written here must keep to.</summary>
internal static class HouseholdRules
{
    /// <summary>Everything that must be mended.</summary>
    public static IEnumerable<FieldViolation> Check(Household household, RuleContext context) =>
    [
        .. ShapeRules.Check(household),
        .. PersonRules.CheckName(household.HeadName, "head_name"),
        .. PersonRules.CheckIdNumber(household.HeadIdNumber, context, "head_id_number"),
        .. CardHistoryRules.Check(household.CardStatusHistory, context.Today),
        .. CheckRelocation(household.Relocation),
    ];

    private static IEnumerable<FieldViolation> CheckRelocation(Relocation? relocation)
    {
        if (relocation is not null && TextRules.IsBlank(relocation.Settlement))
        {
            yield return new(
                "relocation.settlement", "It is empty. Name the settlement, or leave the relocation out.");
        }
    }
}
