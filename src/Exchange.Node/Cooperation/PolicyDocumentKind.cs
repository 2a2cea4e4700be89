using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Cooperation;

/// <summary>Plans and policies: found by their division, and by the version before.</summary>
internal sealed class PolicyDocumentKind() : PlainKind<PolicyDocument>("policy_document")
{
    protected override IEnumerable<FieldViolation> CheckMeaning(PolicyDocument payload, RuleContext context) =>
    [
        .. DateRules.CheckPast(payload.IssuedDate, context.Today, "issued_date"),
        .. UriRules.Check(payload.DocumentUri, "document_uri"),
    ];
}
