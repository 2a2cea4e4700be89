using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Exchange.Node.Standards;

/// <summary>
/// The form in which words of a name, a place or a trade are compared: simplified characters, without the pinyin that
/// converters put in brackets after a character, half width, lower case, without white space. Only ever compared: what
/// was written is kept as it is.
/// </summary>
internal static partial class ComparedText
{
    private static readonly Lazy<FrozenDictionary<char, char>> Simplified = new(() => StandardResource
        .Lines("traditional-simplified.txt").ToFrozenDictionary(line => line[0], line => line[1]));

    /// <summary>The form of a text.</summary>
    public static string Of(string text)
    {
        if (text.Length == 0)
        {
            return text;
        }

        var plain = StandardText.Code(WithoutPinyin(text));
        return string.Concat(plain.Where(c => !IsNoise(c)).Select(Plain));
    }

    /// <summary>Removes the pinyin that some converters put in brackets after a character: 勞動(dòng)力.</summary>
    public static string WithoutPinyin(string text) => Pinyin().Replace(text, string.Empty);

    private static char Plain(char c) =>
        c < '\u4e00' ? char.ToLowerInvariant(c) : Simplified.Value.GetValueOrDefault(c, c);

    private static bool IsNoise(char c) => char.IsWhiteSpace(c) || c is '\uFEFF' or '\u200B' or '\u200E' or '\u200F';

    [GeneratedRegex(@"(?<=\p{IsCJKUnifiedIdeographs})[(（][a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüê]{1,6}[)）]")]
    private static partial Regex Pinyin();
}
