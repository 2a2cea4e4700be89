using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Vacancies;

/// <summary>Quotas: found by their vacancy, shared with the node that may use them.</summary>
internal sealed class VacancyQuotaKind : RecordKind<VacancyQuota>
{
    /// <summary>The kind's name.</summary>
    public const string KindName = "vacancy_quota";

    private const int MaxReferrals = 100_000;

    public override string Name => KindName;

    protected override IEnumerable<FieldViolation> Check(VacancyQuota payload, RuleContext context) =>
    [
        .. ShapeRules.Check(payload),
        .. ReferenceRules.CheckId(payload.VacancyId, "vacancy_id", "the id of the vacancy's record"),
        .. ReferenceRules.CheckNode(payload.PartnerNode, "partner_node"),
        .. CheckGrant(payload),
    ];

    protected override RecordFacts Describe(Guid id, VacancyQuota payload, IPersonTokens tokens) => new()
    {
        Keys = ReferenceRules.IsId(payload.VacancyId)
            ? [new IndexKey(IndexNames.Vacancy, payload.VacancyId)]
            : [],
        ScopeKeys = NodeIds.IsValid(payload.PartnerNode)
            ? [new ScopeKey { Name = ScopeNames.Party, Value = payload.PartnerNode }]
            : [],
        References = [.. ReferenceRules.To(VacancyKind.KindName, payload.VacancyId)],
    };

    private static IEnumerable<FieldViolation> CheckGrant(VacancyQuota payload)
    {
        if (payload.Referrals is < 0 or > MaxReferrals)
        {
            yield return new("referrals", $"It must be 0 to {MaxReferrals}.");
        }

        if (payload.ExpireDate is null)
        {
            yield return new("expire_date", "It is missing. Send the last day on which it can be used.");
        }
    }
}
