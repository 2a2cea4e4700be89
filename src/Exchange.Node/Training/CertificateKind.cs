using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Training;

/// <summary>Certificates: found by the worker and by the class after which they were issued.</summary>
internal sealed class CertificateKind() : PlainKind<Certificate>("certificate")
{
    public override bool IsPersonal => true;

    protected override IEnumerable<FieldViolation> CheckMeaning(Certificate payload, RuleContext context) =>
    [
        .. DateRules.CheckPast(payload.IssuedDate, context.Today, "issued_date"),
        .. DateRules.CheckOrder(payload.IssuedDate, payload.ExpireDate, "issued_date", "expire_date"),
        .. CheckLevel(payload),
    ];

    private static IEnumerable<FieldViolation> CheckLevel(Certificate certificate)
    {
        if (certificate.Level > 5)
        {
            yield return new("level", "It must be 1 to 5, or 0 without a level.");
        }
    }
}
