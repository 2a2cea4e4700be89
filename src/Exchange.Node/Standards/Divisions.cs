using System.Collections.Frozen;
using Exchange.V1;

namespace Exchange.Node.Standards;

/// <summary>
/// Administrative divisions: the form of their codes, and the names of China's provinces, prefectures and counties and
/// of the townships of Zhaotong, Dongguan and Zhongshan as of 2022. Divisions come and go: that a code isn't in the
/// table says nothing against it.
/// </summary>
internal static class Divisions
{
    private static readonly int[] Lengths = [2, 4, 6, 9, 12];

    private static readonly Lazy<FrozenDictionary<string, DivisionName>> ByCode =
        new(() => Load().ToFrozenDictionary(d => d.Code, StringComparer.Ordinal));

    private static readonly Lazy<ILookup<string, DivisionName>> ByParent =
        new(() => InOrder().ToLookup(d => ParentOf(d.Code), StringComparer.Ordinal));

    private static readonly Lazy<ILookup<string, DivisionName>> ByName =
        new(() => InOrder().ToLookup(d => d.Name, StringComparer.Ordinal));

    /// <summary>The whole table, in no order.</summary>
    public static IReadOnlyCollection<DivisionName> All => ByCode.Value.Values;

    /// <summary>
    /// Reads a code in any of its writings and drops the padding: <c>530627000000</c> becomes <c>530627</c>.
    /// </summary>
    /// <returns>False for a text that isn't 2, 4, 6, 9 or 12 digits, or that is zeros only.</returns>
    public static bool TryNormalise(string text, out string code)
    {
        code = StandardText.Code(text);
        if (!StandardText.IsDigits(code)
            || !Lengths.Contains(code.Length)
            || code.StartsWith("00", StringComparison.Ordinal))
        {
            code = "";
            return false;
        }

        code = Unpadded(code);
        return true;
    }

    /// <summary>Whether a code is written as the contract wants it: plain digits, no padding zeros.</summary>
    public static bool IsNormal(string text) => TryNormalise(text, out var code) && code == text;

    /// <summary>The level of a normalised code; unspecified for any other length.</summary>
    public static DivisionLevel LevelOf(string code) => code.Length switch
    {
        2 => DivisionLevel.Province,
        4 => DivisionLevel.Prefecture,
        6 => DivisionLevel.County,
        9 => DivisionLevel.Township,
        12 => DivisionLevel.Village,
        _ => DivisionLevel.Unspecified,
    };

    /// <summary>
    /// The code of the division above a normalised one; empty above a province. A town of Dongguan (<c>441900118</c>)
    /// lies right under its city (<c>4419</c>).
    /// </summary>
    public static string ParentOf(string code)
    {
        var level = Array.IndexOf(Lengths, code.Length);
        return level <= 0 ? "" : Unpadded(code[..Lengths[level - 1]]);
    }

    /// <summary>Returns a division of the table by its code in any writing, or null.</summary>
    public static DivisionName? Find(string code) =>
        TryNormalise(code, out var normal) ? ByCode.Value.GetValueOrDefault(normal) : null;

    /// <summary>Returns every division of that exact name, by rising code: names repeat.</summary>
    /// <param name="name">The name alone, with its last word: <c>大岭山镇</c>.</param>
    /// <param name="within">Only at or below this normalised code; empty for the whole country.</param>
    public static IEnumerable<DivisionName> FindByName(string name, string within = "") =>
        ByName.Value[name].Where(d => d.Code.StartsWith(within, StringComparison.Ordinal));

    /// <summary>Returns the divisions right below one, by rising code; the provinces for an empty code.</summary>
    public static IEnumerable<DivisionName> ChildrenOf(string code) => ByParent.Value[code];

    /// <summary>The name with those above it: <c>云南省昭通市镇雄县</c>. Empty for a code that isn't in the table.</summary>
    public static string FullName(string code)
    {
        var name = "";
        for (var division = Find(code); division is not null; division = Find(ParentOf(division.Code)))
        {
            name = division.Name + name;
        }

        return name;
    }

    private static string Unpadded(string code)
    {
        var length = code.Length;
        while (Array.IndexOf(Lengths, length) is > 0 and var level
            && !code.AsSpan(Lengths[level - 1], length - Lengths[level - 1]).ContainsAnyExcept('0'))
        {
            length = Lengths[level - 1];
        }

        return code[..length];
    }

    private static IEnumerable<DivisionName> InOrder() => All.OrderBy(d => d.Code, StringComparer.Ordinal);

    private static IEnumerable<DivisionName> Load() =>
        from line in StandardResource.Lines("divisions.csv").Skip(1)
        let comma = line.IndexOf(',', StringComparison.Ordinal)
        select new DivisionName(line[..comma], line[(comma + 1)..]);
}
