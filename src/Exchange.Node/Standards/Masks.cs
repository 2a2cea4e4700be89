using System.Text;
using Exchange.V1;

namespace Exchange.Node.Standards;

/// <summary>
/// Hides personal text on its way to a partner. Counted in Unicode code points, which every language counts alike and
/// which no later version of Unicode moves: a mask made today must come out the same when a digest is verified in ten
/// years.
/// </summary>
internal static class Masks
{
    // Fewer hidden characters than this could be guessed, so a shorter text is hidden whole.
    private const int LeastHidden = 4;

    private const int CountyLength = 6;

    /// <summary>Applies the mask that an agreement names.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// This version doesn't know the mask; the field must not be sent.
    /// </exception>
    public static string Apply(Mask mask, string text) => mask switch
    {
        Mask.Unspecified => text,
        Mask.Name => Name(text),
        Mask.IdNumber => IdNumber(text),
        Mask.Phone => Phone(text),
        Mask.County => County(text),
        _ => throw new ArgumentOutOfRangeException(nameof(mask), mask, "Unknown masks hide nothing: drop the field."),
    };

    /// <summary>The first character, then an asterisk for each further one: <c>王**</c>.</summary>
    public static string Name(string name) => Hide(name, first: 1, last: 0, leastHidden: 0);

    /// <summary>
    /// The first 3 and the last 4 characters: <c>530***********001X</c>. Shorter than 11: asterisks only.
    /// </summary>
    public static string IdNumber(string number) => Hide(number, first: 3, last: 4, LeastHidden);

    /// <summary>The first 3 and the last 2 digits: <c>138******34</c>. Shorter than 9: asterisks only.</summary>
    public static string Phone(string phone) => Hide(phone, first: 3, last: 2, LeastHidden);

    /// <summary>The first 6 digits of a division code; nothing of any other text.</summary>
    public static string County(string code) =>
        Divisions.TryNormalise(code, out var normal)
        && Divisions.TryNormalise(normal.Length > CountyLength ? normal[..CountyLength] : normal, out var county)
            ? county
            : "";

    private static string Hide(string text, int first, int last, int leastHidden)
    {
        var runes = text.EnumerateRunes().ToArray();
        var shown = runes.Length - first - last >= leastHidden;
        var masked = new StringBuilder(text.Length);
        for (var i = 0; i < runes.Length; i++)
        {
            if (shown && (i < first || i >= runes.Length - last))
            {
                masked.Append(runes[i]);
            }
            else
            {
                masked.Append('*');
            }
        }

        return masked.ToString();
    }
}
