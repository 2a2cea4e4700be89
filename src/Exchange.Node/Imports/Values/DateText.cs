using System.Globalization;
using System.Text.RegularExpressions;
using Google.Type;
using DateTime = System.DateTime;

namespace Exchange.Node.Imports.Values;

/// <summary>Reads dates in the forms that bureau files carry.</summary>
internal static partial class DateText
{
    private const int FirstYear = 1900;
    private const int LastYear = 2200;

    private static readonly (DateForms Form, string Example)[] Known =
    [
        (DateForms.Day, "2019-05-01"),
        (DateForms.Month, "2019-05"),
        (DateForms.Year, "2019"),
        (DateForms.Excel, "43586"),
    ];

    /// <summary>Reads a <see cref="Date"/>; a month or a year alone leaves the smaller parts 0.</summary>
    public static Parsed Read(string text, DateForms forms)
    {
        var plain = Plain(text);
        if (DayForm().Match(plain) is { Success: true } day)
        {
            return Checked(DateForms.Day, forms, Number(day, 1), Number(day, 3), Number(day, 4));
        }

        if (CompactForm().Match(plain) is { Success: true } compact)
        {
            return compact.Groups[3].Success
                ? Checked(DateForms.Day, forms, Number(compact, 1), Number(compact, 2), Number(compact, 3))
                : Checked(DateForms.Month, forms, Number(compact, 1), Number(compact, 2), 0);
        }

        if (MonthForm().Match(plain) is { Success: true } month)
        {
            // A spreadsheet that holds 2019.10 as a number shows 2019.1: nobody can tell October from January.
            return month.Groups[2].Value == "." && month.Groups[3].Value == "1"
                ? Parsed.Unreadable("It may be January or October. Write the month with two digits.")
                : Checked(DateForms.Month, forms, Number(month, 1), Number(month, 3), 0);
        }

        if (YearForm().IsMatch(plain))
        {
            return Checked(DateForms.Year, forms, int.Parse(plain, CultureInfo.InvariantCulture), 0, 0);
        }

        return ExcelForm().Match(plain) is { Success: true } serial
            ? Serial(Number(serial, 1), forms)
            : Parsed.Unreadable($"It isn't a date. Write one as {Examples(forms)}.");
    }

    /// <summary>Brings the marks of the accepted forms together: half width, dashes for 年 and 月, no midnight.</summary>
    private static string Plain(string text)
    {
        var plain = CellText.HalfWidth(text).Replace('年', '-').Replace('月', '-').TrimEnd('日', '-');
        return Midnight().Replace(plain, string.Empty);
    }

    private static Parsed Serial(int days, DateForms forms)
    {
        // Day 60 of the spreadsheet calendar is a 29 February 1900 that never was; the five digits of the form lie
        // after it.
        var date = new DateOnly(1899, 12, 30).AddDays(days);
        return Checked(DateForms.Excel, forms, date.Year, date.Month, date.Day);
    }

    private static Parsed Checked(DateForms form, DateForms forms, int year, int month, int day)
    {
        if (!forms.HasFlag(form))
        {
            return Parsed.Unreadable($"It is a date in another form. Write it as {Examples(forms)}.");
        }

        var real = year is >= FirstYear and <= LastYear
            && (form is DateForms.Year || month is >= 1 and <= 12)
            && (form is DateForms.Year or DateForms.Month || (day >= 1 && day <= DateTime.DaysInMonth(year, month)));
        return real
            ? Parsed.Of(new Date { Year = year, Month = month, Day = day })
            : Parsed.Unreadable("It is no day of the calendar.");
    }

    private static string Examples(DateForms forms) => string.Join(", ", Known.Where(form => forms.HasFlag(form.Form))
        .Select(form => form.Example));

    private static int Number(Match match, int group) =>
        int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^([0-9]{4})([-./])([0-9]{1,2})\2([0-9]{1,2})$")]
    private static partial Regex DayForm();

    [GeneratedRegex(@"^([0-9]{4})([-./])([0-9]{1,2})$")]
    private static partial Regex MonthForm();

    [GeneratedRegex(@"^([0-9]{4})([0-9]{2})([0-9]{2})?$")]
    private static partial Regex CompactForm();

    [GeneratedRegex(@"^[0-9]{4}$")]
    private static partial Regex YearForm();

    [GeneratedRegex(@"^([0-9]{5})(?:\.0+)?$")]
    private static partial Regex ExcelForm();

    [GeneratedRegex(@"(?:T| +)0{1,2}:00(?::00)?(?:\.0+)?Z?$")]
    private static partial Regex Midnight();
}
