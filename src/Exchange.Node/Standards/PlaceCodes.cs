using System.Collections.Frozen;

namespace Exchange.Node.Standards;

/// <summary>
/// The six-digit place codes (GB/T 2260) that ever existed. ID numbers carry the code of the day they were first
/// issued, so that a code that ended lives on as long as its people.
/// </summary>
internal static class PlaceCodes
{
    // Residence permits of people from Taiwan begin with it; the list of places has Taiwan under 710000 only.
    private const string TaiwanPermit = "830000";

    private static readonly Lazy<FrozenSet<string>> Codes = new(Load);

    /// <summary>Whether a six-digit code was ever in force, up to the lists that this version holds.</summary>
    public static bool EverExisted(string code) => Codes.Value.Contains(code);

    private static FrozenSet<string> Load()
    {
        var codes = new HashSet<string>(StringComparer.Ordinal) { TaiwanPermit };
        foreach (var line in StandardResource.Lines("place-codes-ever-issued.txt").Where(line => line[0] != '#'))
        {
            var parts = line.Split(' ');
            codes.UnionWith(parts.Skip(1).Select(ending => parts[0] + ending));
        }

        // The historical lists end in 2019; the divisions of today hold what came after.
        codes.UnionWith(Divisions.All.Where(d => d.Code.Length <= 6).Select(d => d.Code.PadRight(6, '0')));
        return codes.ToFrozenSet(StringComparer.Ordinal);
    }
}
