using System.Globalization;
using Exchange.V1;
using Google.Protobuf.Reflection;
using Date = Google.Type.Date;

namespace Exchange.Node.Records;

/// <summary>What every date must keep to: a real day, in years that a ledger can mean.</summary>
internal static class DateRules
{
    /// <summary>The first year accepted; a smaller one comes from a misread cell.</summary>
    public const int FirstYear = 1850;

    /// <summary>The last year accepted.</summary>
    public const int LastYear = 2150;

    /// <summary>Checks one date field.</summary>
    public static IEnumerable<FieldViolation> Check(FieldDescriptor field, Date date, string path)
    {
        if (!IsReal(date))
        {
            yield return new(path, string.Create(
                CultureInfo.InvariantCulture, $"It is no date of the calendar between {FirstYear} and {LastYear}."));
        }
        else if (date.Day == 0 && !MayBePartial(field))
        {
            yield return new(path, "It lacks month or day. Send a whole date, or leave it out.");
        }
    }

    /// <summary>Returns the day of a whole and real date; null for any other and for an absent one.</summary>
    public static DateOnly? Day(Date? date) =>
        date is { Day: not 0 } && IsReal(date) ? new DateOnly(date.Year, date.Month, date.Day) : null;

    /// <summary>A day as messages have it.</summary>
    public static Date ToDate(DateOnly day) => new() { Year = day.Year, Month = day.Month, Day = day.Day };

    /// <summary>A date that must not lie in the future.</summary>
    public static IEnumerable<FieldViolation> CheckPast(Date? date, DateOnly today, string path)
    {
        if (date is not null && IsReal(date) && First(date) > today)
        {
            yield return new(path, "It is yet to come. Send the day when it has happened.");
        }
    }

    /// <summary>Two dates of which the second must not be earlier; absent ones are never out of order.</summary>
    public static IEnumerable<FieldViolation> CheckOrder(Date? first, Date? second, string firstName, string path)
    {
        if (Day(first) is { } from && Day(second) is { } to && to < from)
        {
            yield return new(path, $"It is earlier than {firstName}. Exchange the two or correct one.");
        }
    }

    /// <summary>Whether one date, perhaps of a year or a month alone, is surely earlier than another.</summary>
    public static bool IsSurelyBefore(Date left, Date right) =>
        IsReal(left) && IsReal(right)
        && (left.Year, Finer(left.Month, right.Month), Finer(left.Day, right.Day))
            .CompareTo((right.Year, Finer(right.Month, left.Month), Finer(right.Day, left.Day))) < 0;

    private static bool IsReal(Date date) =>
        date.Year is >= FirstYear and <= LastYear
        && (date.Month, date.Day) switch
        {
            (0, 0) => true,
            ( >= 1 and <= 12, 0) => true,
            ( >= 1 and <= 12, > 0) => date.Day <= DateTime.DaysInMonth(date.Year, date.Month),
            _ => false,
        };

    // The ledgers have only the year for many a household, and people remember no more of their work.
    private static bool MayBePartial(FieldDescriptor field) =>
        field.ContainingType == CardStatusEntry.Descriptor || field.ContainingType == WorkEntry.Descriptor;

    private static DateOnly First(Date date) => new(date.Year, Math.Max(date.Month, 1), Math.Max(date.Day, 1));

    // A part that the other date lacks isn't compared.
    private static int Finer(int part, int other) => other == 0 ? 0 : part;
}
