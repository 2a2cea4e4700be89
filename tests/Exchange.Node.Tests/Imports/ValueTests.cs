using Exchange.Node.Imports.Values;
using Exchange.Node.Standards;
using Google.Type;
using Xunit;

namespace Exchange.Node.Tests.Imports;

public sealed class ValueTests
{
    [Theory]
    [InlineData("  a b ", "a b")]
    [InlineData("\u3000张三\u00A0", "张三")]
    [InlineData("\uFEFFa", "a")]
    [InlineData("   ", "")]
    public void Trimming_knows_every_kind_of_white_space(string raw, string trimmed) =>
        Assert.Equal(trimmed, CellText.Trimmed(raw));

    [Theory]
    [InlineData("５３０６２７Ｘ", "530627X")]
    [InlineData("ｘ－（１）", "x-(1)")]
    [InlineData("張三", "張三")]
    public void Full_width_becomes_half_width_and_characters_stay(string text, string half) =>
        Assert.Equal(half, CellText.HalfWidth(text));

    [Theory]
    [InlineData("勞動(dòng)力", "勞動力")]
    [InlineData("貧困發(fā)生率、對(duì)口", "貧困發生率、對口")]
    [InlineData("四精準(zhǔn)四協（xié）同", "四精準四協同")]
    [InlineData("月薪(yuan每月)", "月薪(yuan每月)")]
    [InlineData("招工(ABC)", "招工(ABC)")]
    public void Pinyin_in_brackets_goes_and_other_brackets_stay(string text, string clean) =>
        Assert.Equal(clean, ComparedText.WithoutPinyin(text));

    [Theory]
    [InlineData("12", 12)]
    [InlineData("１２", 12)]
    [InlineData("12.0", 12)]
    [InlineData("1,200", 1200)]
    [InlineData("-3", -3)]
    public void Whole_numbers_are_read(string text, long number) =>
        Assert.Equal(number, NumberText.Integer(text).Value);

    [Theory]
    [InlineData("12人")]
    [InlineData("12.5")]
    [InlineData("1,20")]
    [InlineData("10-20")]
    [InlineData("٣")]
    [InlineData("9999999999999999999999999999999999")]
    public void What_is_no_whole_number_is_unreadable(string text) =>
        Assert.Equal("It isn't a whole number.", NumberText.Integer(text).Problem);

    [Theory]
    [InlineData("$12.39", 1239)]
    [InlineData("$16.", 1600)]
    [InlineData("$.34", 34)]
    [InlineData("8.8699999999999992", 887)]
    [InlineData("18.989999999999998", 1899)]
    [InlineData("9.6999999999999993", 970)]
    [InlineData("$1,234.50", 123450)]
    [InlineData("369.2", 36920)]
    public void Money_is_read_to_the_cent(string text, long cents) =>
        Assert.Equal(cents, NumberText.Money(text, "USD").Value);

    [Theory]
    [InlineData("¥3,500.00", 350000)]
    [InlineData("３５００元", 350000)]
    public void Money_takes_the_signs_of_its_currency(string text, long fen) =>
        Assert.Equal(fen, NumberText.Money(text, "CNY").Value);

    [Theory]
    [InlineData("#################")]
    [InlineData("3000-4000")]
    [InlineData("8.875")]
    [InlineData("8.8700001")]
    [InlineData("面议")]
    [InlineData("")]
    public void Money_that_would_need_a_guess_is_unreadable(string text) => Assert.Equal(
        "It isn't one amount of USD with at most 2 decimals.", NumberText.Money(text, "USD").Problem);

    [Fact]
    public void A_currency_without_decimals_has_none() => Assert.Equal(1200L, NumberText.Money("1200", "JPY").Value);

    [Theory]
    [InlineData("40", 4000)]
    [InlineData("12.95", 1295)]
    [InlineData("47.5", 4750)]
    public void Decimals_are_read_to_their_scale(string text, long hundredths) =>
        Assert.Equal(hundredths, NumberText.Decimal(text, 2).Value);

    [Theory]
    [InlineData("2019-05-01", 2019, 5, 1)]
    [InlineData("2019/5/1", 2019, 5, 1)]
    [InlineData("2019.5.1", 2019, 5, 1)]
    [InlineData("2019年5月1日", 2019, 5, 1)]
    [InlineData("20190501", 2019, 5, 1)]
    [InlineData("２０１９－０５－０１", 2019, 5, 1)]
    [InlineData("2019-05-01 00:00:00", 2019, 5, 1)]
    [InlineData("2019-05-01T00:00:00Z", 2019, 5, 1)]
    [InlineData("2020-02-29", 2020, 2, 29)]
    [InlineData("2019-05", 2019, 5, 0)]
    [InlineData("2019.5", 2019, 5, 0)]
    [InlineData("2019.10", 2019, 10, 0)]
    [InlineData("2019年5月", 2019, 5, 0)]
    [InlineData("201905", 2019, 5, 0)]
    [InlineData("2019", 2019, 0, 0)]
    [InlineData("2019年", 2019, 0, 0)]
    [InlineData("43586", 2019, 5, 1)]
    [InlineData("43586.0", 2019, 5, 1)]
    public void Dates_are_read_in_every_form(string text, int year, int month, int day)
    {
        var date = DateText.Read(text, DateForms.Day | DateForms.Month | DateForms.Year | DateForms.Excel);

        Assert.Equal(new Date { Year = year, Month = month, Day = day }, date.Value);
    }

    [Theory]
    [InlineData("2019-02-29", "It is no day of the calendar.")]
    [InlineData("2019-13-01", "It is no day of the calendar.")]
    [InlineData("0219-05-01", "It is no day of the calendar.")]
    [InlineData("2019-05", "It is a date in another form. Write it as 2019-05-01.")]
    [InlineData("43586", "It is a date in another form. Write it as 2019-05-01.")]
    [InlineData("2019-05-01 08:30", "It isn't a date. Write one as 2019-05-01.")]
    [InlineData("2019/5-1", "It isn't a date. Write one as 2019-05-01.")]
    [InlineData("去年", "It isn't a date. Write one as 2019-05-01.")]
    [InlineData("2019.1", "It may be January or October. Write the month with two digits.")]
    public void Dates_that_are_none_say_why(string text, string problem) =>
        Assert.Equal(problem, DateText.Read(text, DateForms.Day).Problem);

    [Theory]
    [InlineData("08:30 AM", "08:30")]
    [InlineData("03:30PM", "15:30")]
    [InlineData("07:00am", "07:00")]
    [InlineData("9am", "09:00")]
    [InlineData("12:00 AM", "00:00")]
    [InlineData("12:15 PM", "12:15")]
    [InlineData("08:30:00 AM", "08:30")]
    [InlineData("0.20833333333333334", "05:00")]
    [InlineData("8.3333333333333329E-2", "02:00")]
    [InlineData("0.70833333333333337", "17:00")]
    [InlineData("0", "00:00")]
    public void Times_are_read_from_twelve_hours_and_from_fractions(string text, string time) =>
        Assert.Equal(time, TimeText.Read(text, TimeForms.TwelveHours | TimeForms.Excel).Value);

    [Theory]
    [InlineData("7:00", "It has neither AM nor PM.")]
    [InlineData("13:00 PM", "It is no time of the clock.")]
    [InlineData("08:61 AM", "It is no time of the clock.")]
    [InlineData("0.12345", "It isn't the fraction of a day that a whole minute makes.")]
    [InlineData("1", "It isn't the fraction of a day that a whole minute makes.")]
    [InlineData("早上", "It isn't a time of day.")]
    public void Times_that_are_none_say_why(string text, string problem) =>
        Assert.Equal(problem, TimeText.Read(text, TimeForms.TwelveHours | TimeForms.Excel).Problem);

    [Fact]
    public void Times_of_the_long_clock_are_read() =>
        Assert.Equal("17:05", TimeText.Read("17:05", TimeForms.TwentyFourHours).Value);

    [Fact]
    public void Words_are_found_whatever_their_width_and_case()
    {
        var list = new WordList([new("Yes", 1), new("无", null)]);

        Assert.Equal(1, list.Read("ｙＥＳ ").Value);
        Assert.Equal(Parsed.Nothing, list.Read("无"));
        Assert.Equal("It isn't one of the words that the profile knows: Yes, 无.", list.Read("maybe").Problem);
    }
}
