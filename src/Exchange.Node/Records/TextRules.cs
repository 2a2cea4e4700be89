using System.Globalization;
using System.Text;
using Google.Protobuf.Reflection;

namespace Exchange.Node.Records;

/// <summary>What every text must keep to: its length, and characters that can be shown and stored anywhere.</summary>
internal static class TextRules
{
    // What a decoder leaves where the bytes were no UTF-8.
    private const int Replacement = 0xFFFD;

    /// <summary>Checks one text field.</summary>
    public static IEnumerable<FieldViolation> Check(FieldDescriptor field, string text, string path)
    {
        if (text.Length == 0)
        {
            yield break;
        }

        var (length, hasControl, isDamaged) = Scan(text, TextLimits.HasLines(field));
        var limit = TextLimits.Of(field);
        if (length > limit)
        {
            yield return new(path, string.Create(
                CultureInfo.InvariantCulture, $"It has {length:N0} characters; it may have {limit:N0}. Shorten it."));
        }

        if (hasControl)
        {
            yield return new(path, TextLimits.HasLines(field)
                ? "It has control characters other than line breaks and tabs. Remove them."
                : "It has control characters, such as line breaks. Remove them.");
        }

        if (isDamaged)
        {
            yield return new(path, "It has replacement characters (U+FFFD): the text was damaged. Send it as UTF-8.");
        }
    }

    /// <summary>Whether a text says nothing.</summary>
    public static bool IsBlank(string text) => string.IsNullOrWhiteSpace(text);

    private static (int Length, bool HasControl, bool IsDamaged) Scan(string text, bool linesAllowed)
    {
        var (length, hasControl, isDamaged) = (0, false, false);
        foreach (var rune in text.EnumerateRunes())
        {
            length++;
            isDamaged |= rune.Value == Replacement;
            hasControl |= Rune.IsControl(rune) && !(linesAllowed && rune.Value is '\n' or '\r' or '\t');
        }

        return (length, hasControl, isDamaged);
    }
}
