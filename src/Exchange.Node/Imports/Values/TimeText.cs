using System.Globalization;
using System.Text.RegularExpressions;

namespace Exchange.Node.Imports.Values;

/// <summary>Reads times of day and writes them as 08:30.</summary>
internal static partial class TimeText
{
    private const int MinutesOfDay = 24 * 60;

    /// <summary>Reads a time as text of hours and minutes on the 24-hour clock.</summary>
    public static Parsed Read(string text, TimeForms forms)
    {
        var plain = CellText.Code(text).ToUpperInvariant();
        if (Clock().Match(plain) is { Success: true } clock && (clock.Groups[2].Success || clock.Groups[3].Success))
        {
            return OnTheClock(clock, forms);
        }

        return forms.HasFlag(TimeForms.Excel) && NumberText.TryDecimal(plain, out var fraction)
            ? OfTheDay(fraction)
            : Parsed.Unreadable("It isn't a time of day.");
    }

    private static Parsed OnTheClock(Match clock, TimeForms forms)
    {
        var hour = int.Parse(clock.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        var minute = clock.Groups[2].Success
            ? int.Parse(clock.Groups[2].ValueSpan, CultureInfo.InvariantCulture)
            : 0;
        var half = clock.Groups[3].Value;
        if (half.Length == 0)
        {
            return !forms.HasFlag(TimeForms.TwentyFourHours)
                ? Parsed.Unreadable("It has neither AM nor PM.")
                : Checked(hour, minute, hour <= 23);
        }

        return !forms.HasFlag(TimeForms.TwelveHours)
            ? Parsed.Unreadable("It has AM or PM where a 24-hour time is expected.")
            : Checked((hour % 12) + (half == "PM" ? 12 : 0), minute, hour is >= 1 and <= 12);
    }

    private static Parsed OfTheDay(decimal fraction)
    {
        var minutes = fraction * MinutesOfDay;
        var nearest = decimal.Round(minutes, 0, MidpointRounding.AwayFromZero);

        // Spreadsheets keep 17 digits of a fraction, so a whole minute comes back a little off.
        return nearest is >= 0 and < MinutesOfDay && Math.Abs(minutes - nearest) <= 0.000001m
            ? Checked((int)nearest / 60, (int)nearest % 60, true)
            : Parsed.Unreadable("It isn't the fraction of a day that a whole minute makes.");
    }

    private static Parsed Checked(int hour, int minute, bool hourExists) =>
        hourExists && minute <= 59
            ? Parsed.Of(string.Create(CultureInfo.InvariantCulture, $"{hour:00}:{minute:00}"))
            : Parsed.Unreadable("It is no time of the clock.");

    [GeneratedRegex(@"^([0-9]{1,2})(?::([0-9]{2}))?(?::00)?(AM|PM)?$")]
    private static partial Regex Clock();
}
