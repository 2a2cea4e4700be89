using Exchange.Node.Records;
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
    ];

    private static IEnumerable<FieldViolation> CheckName(string name)
    {
        if (TextRules.IsBlank(name))
        {
            yield return new("name", "It is empty. Send the registered name.");
        }
    }
}
