namespace Exchange.Node.Standards;

/// <summary>The writing variants that every code in bureau files comes with.</summary>
internal static class StandardText
{
    private const char FullWidthFirst = '\uFF01';
    private const char FullWidthLast = '\uFF5E';
    private const int FullWidthDistance = FullWidthFirst - '!';

    /// <summary>
    /// Returns the code in half-width characters, with its letters in upper case and without outer white space.
    /// </summary>
    public static string Code(string text)
    {
        var trimmed = text.AsSpan().Trim();
        var changes = trimmed.Length != text.Length;
        foreach (var c in trimmed)
        {
            changes |= Plain(c) != c;
        }

        return changes ? string.Concat(trimmed.ToString().Select(Plain)) : text;
    }

    /// <summary>Whether the text is made of the digits 0 to 9, and not empty.</summary>
    public static bool IsDigits(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExceptInRange('0', '9');

    private static char Plain(char c)
    {
        var half = c is >= FullWidthFirst and <= FullWidthLast ? (char)(c - FullWidthDistance) : c;
        return char.ToUpperInvariant(half);
    }
}
