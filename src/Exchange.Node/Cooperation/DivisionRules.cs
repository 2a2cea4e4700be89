using Exchange.Node.Records;
using Exchange.Node.Standards;
using Exchange.V1;

namespace Exchange.Node.Cooperation;

/// <summary>What a division written here must keep to.</summary>
internal static class DivisionRules
{
    /// <summary>Everything that must be mended.</summary>
    public static IEnumerable<FieldViolation> Check(Division division) =>
    [
        .. ShapeRules.Check(division),
        .. CheckCode(division),
        .. CheckParent(division),
        .. division.SuccessorCodes.SelectMany((code, i) => CheckSuccessor(division, code, $"successor_codes[{i}]")),
    ];

    private static IEnumerable<FieldViolation> CheckCode(Division division)
    {
        if (!Divisions.IsNormal(division.Code))
        {
            yield return new("code", PlaceRules.CodeForm);
        }
        else if (division.Level != DivisionLevel.Unspecified && division.Level != Divisions.LevelOf(division.Code))
        {
            yield return new(
                "level", $"A code of {division.Code.Length} digits is of another level. Correct one of the two.");
        }

        if (TextRules.IsBlank(division.Name))
        {
            yield return new("name", "It is empty. Send the name in the period.");
        }
    }

    private static IEnumerable<FieldViolation> CheckParent(Division division)
    {
        if (!Divisions.IsNormal(division.Code))
        {
            yield break;
        }

        var parent = Divisions.ParentOf(division.Code);
        if (division.ParentCode != parent)
        {
            yield return new("parent_code", parent.Length == 0
                ? "A province has none. Leave it empty."
                : $"The division above '{division.Code}' is '{parent}'.");
        }
    }

    private static IEnumerable<FieldViolation> CheckSuccessor(Division division, string code, string path)
    {
        if (!Divisions.IsNormal(code))
        {
            yield return new(path, PlaceRules.CodeForm);
        }
        else if (code == division.Code)
        {
            yield return new(path, "It is the division's own code. Name what took over.");
        }
    }
}
