using System.Globalization;
using System.Text.RegularExpressions;

namespace Exchange.Node.Imports.Values;

/// <summary>Reads whole numbers, decimals and money as people and spreadsheets write them.</summary>
internal static partial class NumberText
{
    /// <summary>
    /// The farthest that a number may lie from a whole unit to count as one: spreadsheets store 8.87 as
    /// 8.8699999999999992, while a figure that really has more decimals must not be rounded in secret.
    /// </summary>
    private const decimal Artefact = 0.000000001m;

    private static readonly string[] MoneyMarks = ["NT$", "US$", "RMB", "$", "¥", "￥", "元"];

    /// <summary>Reads a whole number as a <see cref="long"/>.</summary>
    public static Parsed Integer(string text) => Scaled(text, 0, "It isn't a whole number.");

    /// <summary>Reads a decimal as a whole number of units of 10^-<paramref name="scale"/>.</summary>
    public static Parsed Decimal(string text, int scale) =>
        Scaled(text, scale, $"It isn't a number with at most {scale} decimals.");

    /// <summary>Reads an amount as minor units of a currency, whose sign may stand before or after it.</summary>
    public static Parsed Money(string text, string currency)
    {
        var amount = CellText.Code(text);
        foreach (var mark in MoneyMarks)
        {
            amount = amount.StartsWith(mark, StringComparison.OrdinalIgnoreCase) ? amount[mark.Length..] : amount;
            amount = amount.EndsWith(mark, StringComparison.OrdinalIgnoreCase) ? amount[..^mark.Length] : amount;
        }

        return Currencies.Decimals(currency) is { } decimals
            ? Scaled(amount, decimals, $"It isn't one amount of {currency} with at most {decimals} decimals.")
            : Parsed.Unreadable("Its currency isn't known.");
    }

    /// <summary>Reads a plain number, for comparisons.</summary>
    public static bool TryDecimal(string text, out decimal value)
    {
        var plain = CellText.Code(text);
        if (Grouped().IsMatch(plain))
        {
            plain = plain.Replace(",", string.Empty, StringComparison.Ordinal);
        }

        const NumberStyles Style =
            NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return decimal.TryParse(plain, Style, CultureInfo.InvariantCulture, out value);
    }

    private static Parsed Scaled(string text, int scale, string problem)
    {
        if (!TryDecimal(text, out var value) || Math.Abs(value) >= 1_000_000_000_000m)
        {
            return Parsed.Unreadable(problem);
        }

        for (var i = 0; i < scale; i++)
        {
            value *= 10;
        }

        var nearest = decimal.Round(value, 0, MidpointRounding.AwayFromZero);
        return Math.Abs(value - nearest) <= Artefact ? Parsed.Of((long)nearest) : Parsed.Unreadable(problem);
    }

    [GeneratedRegex(@"^[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?$")]
    private static partial Regex Grouped();
}
