using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Cooperation;

/// <summary>Labour agreements that people signed.</summary>
internal sealed class LabourAgreementKind() : PlainKind<LabourAgreement>("labour_agreement")
{
    protected override IEnumerable<FieldViolation> CheckMeaning(LabourAgreement payload, RuleContext context)
    {
        if (payload.Parties.Count == 1)
        {
            yield return new("parties", "Nobody agrees alone. List both sides.");
        }

        foreach (var violation in DateRules.CheckPast(payload.SignedDate, context.Today, "signed_date"))
        {
            yield return violation;
        }
    }
}
