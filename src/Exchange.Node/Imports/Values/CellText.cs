namespace Exchange.Node.Imports.Values;

/// <summary>Cleans the text of cells without changing what it says.</summary>
internal static class CellText
{
    /// <summary>Removes white space, no-break spaces and invisible marks from both ends.</summary>
    public static string Trimmed(string raw)
    {
        var start = 0;
        var end = raw.Length;
        while (start < end && IsNoise(raw[start]))
        {
            start++;
        }

        while (end > start && IsNoise(raw[end - 1]))
        {
            end--;
        }

        return end - start == raw.Length ? raw : raw[start..end];
    }

    /// <summary>
    /// Turns full-width digits, letters and marks into their ASCII twins. For codes, numbers and dates only: in words
    /// the width is part of what the bureau wrote.
    /// </summary>
    public static string HalfWidth(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\u3000', '\uFF5E'))
        {
            return text;
        }

        return string.Create(text.Length, text, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = source[i] switch
                {
                    '\u3000' => ' ',
                    >= '\uFF01' and <= '\uFF5E' => (char)(source[i] - 0xFEE0),
                    _ => source[i],
                };
            }
        });
    }

    /// <summary>The form in which codes are compared: half width and without any white space.</summary>
    public static string Code(string text)
    {
        var half = HalfWidth(text);
        return half.Any(IsNoise) ? string.Concat(half.Where(c => !IsNoise(c))) : half;
    }

    private static bool IsNoise(char c) => char.IsWhiteSpace(c) || c is '\uFEFF' or '\u200B' or '\u200E' or '\u200F';
}
