using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Exchange.Node.Standards;

/// <summary>
/// Finds the division that words name: 广东省东莞市大岭山镇, 東莞(wǎn)市, 东莞. Only where the whole text is the name of
/// one division, with or without those above it: 浙江省…云南路 names neither.
/// </summary>
internal static partial class PlaceNames
{
    private const int LeastShort = 2;

    private static readonly Lazy<FrozenDictionary<string, string>> ByName =
        new(() => Unique(Divisions.All.SelectMany(division => Names(division, isShort: false)), prefersUpper: false));

    private static readonly Lazy<FrozenDictionary<string, string>> ByShortName =
        new(() => Unique(Divisions.All.SelectMany(division => Names(division, isShort: true)), prefersUpper: true));

    /// <summary>The code of the one division that words name in full; empty for none and for several.</summary>
    public static string CodeOf(string words) => ByName.Value.GetValueOrDefault(ComparedText.Of(words), "");

    /// <summary>
    /// The same, also by a name without its last word: 东莞. Of a city and a district of one name the city is meant.
    /// </summary>
    public static string LikelyCodeOf(string words) => CodeOf(words) is { Length: > 0 } code
        ? code
        : ByShortName.Value.GetValueOrDefault(ComparedText.Of(words), "");

    // A name that two divisions of one level have names neither; one that two levels have, perhaps the upper.
    private static FrozenDictionary<string, string> Unique(
        IEnumerable<(string Name, string Code)> named, bool prefersUpper) => named
        .Where(one => one.Name.Length >= LeastShort)
        .GroupBy(one => one.Name, one => one.Code, StringComparer.Ordinal)
        .Select(group => (group.Key, Codes: group.Distinct().ToList()))
        .Select(one => (one.Key, Codes: prefersUpper ? Upper(one.Codes) : one.Codes))
        .Where(one => one.Codes.Count == 1)
        .ToFrozenDictionary(one => one.Key, one => one.Codes[0], StringComparer.Ordinal);

    private static List<string> Upper(List<string> codes) =>
        codes.FindAll(code => code.Length == codes.Min(one => one.Length));

    private static IEnumerable<(string Name, string Code)> Names(DivisionName division, bool isShort)
    {
        var own = Part(division, isShort);
        if (own.Length == 0)
        {
            yield break;
        }

        var above = new List<string> { "" };
        for (var one = Above(division); one is not null; one = Above(one))
        {
            var part = Part(one, isShort);
            above.AddRange(above.Select(rest => part + rest).ToList());
        }

        foreach (var prefix in above.Distinct())
        {
            yield return (prefix + own, division.Code);
        }
    }

    private static DivisionName? Above(DivisionName division) => Divisions.Find(Divisions.ParentOf(division.Code));

    private static string Part(DivisionName division, bool isShort)
    {
        var name = ComparedText.Of(division.Name);
        var part = isShort ? Ending().Replace(name, "") : name;
        return part.Length >= LeastShort ? part : isShort ? "" : name;
    }

    [GeneratedRegex("(维吾尔自治区|壮族自治区|回族自治区|自治区|特别行政区|地区|街道|新区|省|市|县|区|镇|乡|盟|旗)$")]
    private static partial Regex Ending();
}
