using Exchange.V1;
using Date = Google.Type.Date;

namespace Exchange.Node.Standards;

/// <summary>
/// The codes that Zhaotong, Dongguan and Zhongshan had before those of today, with what took their place. Days aren't
/// known from lists of one day a year: a period begins with the first list that has the code, and ends with the last.
/// </summary>
internal static class DivisionHistory
{
    private static readonly Lazy<ILookup<string, Division>> ByCode =
        new(() => All.ToLookup(division => division.Code, StringComparer.Ordinal));

    /// <summary>Every code that has ended, in the order of the table.</summary>
    public static IEnumerable<Division> All =>
        from line in StandardResource.Lines("division-history.csv").Skip(1)
        let cells = line.Split(',')
        select new Division
        {
            Code = cells[0],
            Name = cells[1],
            Level = Divisions.LevelOf(cells[0]),
            ParentCode = Divisions.ParentOf(cells[0]),
            ValidFromDate = Day(cells[2], isEnd: false),
            ValidToDate = Day(cells[3], isEnd: true),
            SuccessorCodes = { cells[4] },
        };

    /// <summary>What a normalised code stood for before it ended; empty for one of today.</summary>
    public static IEnumerable<Division> Of(string code) => ByCode.Value[code].Select(division => division.Clone());

    private static Date Day(string month, bool isEnd)
    {
        var parts = month.Split('-').Select(part => int.Parse(part, System.Globalization.CultureInfo.InvariantCulture))
            .ToArray();
        var day = isEnd ? DateTime.DaysInMonth(parts[0], parts[1]) : 1;
        return new Date { Year = parts[0], Month = parts[1], Day = day };
    }
}
