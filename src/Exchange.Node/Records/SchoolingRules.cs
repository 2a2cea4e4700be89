using Exchange.Node.Standards;
using Exchange.V1;

namespace Exchange.Node.Records;

/// <summary>What every schooling must keep to.</summary>
internal static class SchoolingRules
{
    /// <summary>Checks one schooling.</summary>
    /// <param name="schooling">The schooling.</param>
    /// <param name="prefix">What its fields' paths begin with.</param>
    public static IEnumerable<FieldViolation> Check(Schooling schooling, string prefix)
    {
        if (schooling.Code is { Length: > 0 } code && (code.Length != 2 || !StandardText.IsDigits(code)))
        {
            yield return new(prefix + "code", "It must have the two digits of GB/T 4658, such as 70.");
        }
    }
}
