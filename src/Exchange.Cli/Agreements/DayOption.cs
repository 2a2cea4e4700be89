using System.CommandLine;
using System.Globalization;
using Exchange.Node.Records;
using Date = Google.Type.Date;

namespace Exchange.Cli.Agreements;

/// <summary>Options that take a day of the calendar.</summary>
internal static class DayOption
{
    private const string Format = "yyyy-MM-dd";

    public static Option<string?> New(string name, string description) =>
        new(name) { Description = description, HelpName = "YYYY-MM-DD" };

    /// <summary>The day that was given; null when none was.</summary>
    /// <exception cref="CommandException">It is no day.</exception>
    public static Date? Read(ParseResult input, Option<string?> option) =>
        input.GetValue(option) is { } text ? Parse(text, option.Name) : null;

    /// <summary>The day that a text means.</summary>
    /// <exception cref="CommandException">It is no day.</exception>
    public static Date Parse(string text, string where) =>
        DateOnly.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? DateRules.ToDate(day)
            : throw new CommandException(
                ExitCode.Usage, $"{where}: '{text}' is no day of the calendar, such as 2026-12-31.");

    /// <summary>A day as people and programs read it; empty for none.</summary>
    public static string Text(Date? day) =>
        day is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{day.Year:D4}-{day.Month:D2}-{day.Day:D2}");
}
