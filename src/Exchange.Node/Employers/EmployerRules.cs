using Exchange.Node.Records;
using Exchange.Node.Standards;
using Exchange.V1;

namespace Exchange.Node.Employers;

/// <summary>What an employer written here must keep to.</summary>
internal static class EmployerRules
{
    /// <summary>Everything that must be mended.</summary>
    public static IEnumerable<FieldViolation> Check(Employer employer) =>
    [
        .. ShapeRules.Check(employer),
        .. CheckName(employer.Name),
        .. CheckCreditCode(employer.CreditCode),
        .. PersonRules.CheckOfficePhone(employer.OfficePhone, "office_phone"),
    ];

    private static IEnumerable<FieldViolation> CheckName(string name)
    {
        if (TextRules.IsBlank(name))
        {
            yield return new("name", "It is empty. Send the registered name.");
        }
    }

    private static IEnumerable<FieldViolation> CheckCreditCode(string code)
    {
        if (code.Length > 0 && !CreditCode.TryNormalise(code, out _))
        {
            yield return new(
                "credit_code",
                "It must have 18 characters of 0-9 and A-Z without I, O, S, V, Z, and a right check character. "
                + "Compare it with the licence, or leave it empty.");
        }
    }
}
