using System.Text.RegularExpressions;
using Exchange.V1;

namespace Exchange.Node.Records;

/// <summary>What every occupation must keep to.</summary>
internal static partial class OccupationRules
{
    /// <summary>Checks one occupation.</summary>
    /// <param name="occupation">The occupation.</param>
    /// <param name="prefix">What its fields' paths begin with.</param>
    public static IEnumerable<FieldViolation> Check(Occupation occupation, string prefix)
    {
        var (system, code) = (occupation.System, occupation.Code);
        if (system.Length == 0 && code.Length == 0)
        {
            yield break;
        }

        if (system is not ("CSCO-2022" or "SOC" or "ISCO-08"))
        {
            yield return new(
                prefix + "system", "A code needs its list. Send CSCO-2022, SOC or ISCO-08, or words alone.");
        }
        else if (!IsCodeOf(system, code))
        {
            yield return new(
                prefix + "code", $"It has not the form of a code of {system}. Send words alone if it isn't known.");
        }
    }

    private static bool IsCodeOf(string system, string code) => system switch
    {
        "CSCO-2022" => Csco().IsMatch(code),
        "SOC" => Soc().IsMatch(code),
        _ => Isco().IsMatch(code),
    };

    [GeneratedRegex(@"^[1-8]-[0-9]{2}-[0-9]{2}-[0-9]{2}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Csco();

    [GeneratedRegex(@"^[0-9]{2}-[0-9]{4}(\.[0-9]{2})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Soc();

    [GeneratedRegex(@"^[0-9]{1,4}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Isco();
}
