using Exchange.Node.Records;
using Date = Google.Type.Date;

namespace Exchange.Node.Figures;

/// <summary>Days as numbers, which rows hold.</summary>
internal static class Days
{
    /// <summary>No day is known.</summary>
    public const int None = 0;

    /// <summary>The number of a whole date; <see cref="None"/> for any other and for an absent one.</summary>
    public static int Of(Date? date) => DateRules.Day(date)?.DayNumber ?? None;

    /// <summary>
    /// How many calendar months from one day on are over on another: from 31 January one on 28 February.
    /// </summary>
    public static int Months(int from, int to)
    {
        if (from == None || to <= from)
        {
            return 0;
        }

        var (first, last) = (DateOnly.FromDayNumber(from), DateOnly.FromDayNumber(to));
        var months = ((last.Year - first.Year) * 12) + last.Month - first.Month;
        return first.AddMonths(months) > last ? months - 1 : months;
    }

    /// <summary>The first day that a date, perhaps of a year or a month alone, can mean.</summary>
    public static int FirstOf(Date? date) => date is null
        ? None
        : Of(new Date { Year = date.Year, Month = Math.Max(date.Month, 1), Day = Math.Max(date.Day, 1) });
}
