using System.Globalization;

namespace Exchange.Node.Messages;

/// <summary>
/// Six digits that can be read aloud, five and one that checks them by Damm's table: whoever mishears one digit, or
/// exchanges two next to each other, has a code that is none.
/// </summary>
internal static class JobDigits
{
    /// <summary>How many codes there are.</summary>
    public const int Count = 100_000;

    private const int Length = 6;

    private static readonly string[] Steps =
    [
        "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
        "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
    ];

    /// <summary>The code of a number below <see cref="Count"/>.</summary>
    public static string Of(int number)
    {
        var digits = number.ToString("D5", CultureInfo.InvariantCulture);
        return digits + Check(digits);
    }

    /// <summary>Whether a text is a code, given or not.</summary>
    public static bool IsCode(string text) =>
        text.Length == Length && text.All(char.IsAsciiDigit) && Check(text) == '0';

    private static char Check(string digits) =>
        digits.Aggregate('0', (at, digit) => Steps[at - '0'][digit - '0']);
}
