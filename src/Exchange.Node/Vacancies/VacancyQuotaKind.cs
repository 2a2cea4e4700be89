using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Vacancies;

/// <summary>Quotas: found by their vacancy, shared with the node that may use them.</summary>
internal sealed class VacancyQuotaKind() : PlainKind<VacancyQuota>(KindName)
{
    /// <summary>The kind's name.</summary>
    public const string KindName = "vacancy_quota";

    private const int MaxReferrals = 100_000;

    protected override IEnumerable<FieldViolation> CheckMeaning(VacancyQuota payload, RuleContext context)
    {
        if (payload.Referrals > MaxReferrals)
        {
            yield return new("referrals", $"It must be 0 to {MaxReferrals}.");
        }
    }
}
