using System.Text.RegularExpressions;

namespace Exchange.Node.Standards;

/// <summary>Finds text that was decoded wrongly somewhere on its way; nobody can tell what it said.</summary>
internal static partial class Mojibake
{
    /// <summary>Whether a text shows marks that no writer makes.</summary>
    public static bool IsIn(string text) => Marks().IsMatch(text);

    // In this order: what a decoder leaves; the same read once more as GBK; UTF-8 read as Latin-1; characters of
    // private use; a toned syllable whose opening bracket was lost together with the character before it: 必?fù)責.
    [GeneratedRegex(
        "\uFFFD|锟斤拷|烫烫烫|屯屯屯"
        + "|[\u00C3-\u00C5\u00E4-\u00E9][\u0080-\u00BF]"
        + "|[\uE000-\uF8FF]"
        + "|(?<![(（a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüê])[a-z]{0,4}[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ][a-z]{0,3}[)）]",
        RegexOptions.CultureInvariant)]
    private static partial Regex Marks();
}
