using System.Globalization;
using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Messages;

/// <summary>Digests of vacancies in plain Chinese, for phones and notice boards.</summary>
internal static class DigestText
{
    private const decimal MinorOfUnit = 100;
    private const int HalfCode = 3;

    /// <summary>What a message says.</summary>
    /// <param name="channel">The way that it goes.</param>
    /// <param name="office">Who sends it.</param>
    /// <param name="posts">The vacancies with their codes.</param>
    public static string Of(
        MessageChannel channel, string office, IReadOnlyList<(Vacancy Vacancy, string Code)> posts)
    {
        if (channel == MessageChannel.NoticeBoard)
        {
            var lines = posts.Select(post => $"{post.Code[..HalfCode]} {post.Code[HalfCode..]}　{Line(post.Vacancy)}");
            return string.Join('\n', lines.Prepend($"{office} 招工信息")
                .Append("想去的请记下岗位号，找村级联络员报名。"));
        }

        var told = string.Join("；", posts.Select(post => $"{post.Code} {Line(post.Vacancy)}"));
        return $"【{office}】{told}。愿意去请回复1加岗位号，如1 {posts[0].Code}；已到岗回复2；不想再收回复0。";
    }

    /// <summary>What a vacancy offers, in a line.</summary>
    public static string Line(Vacancy vacancy)
    {
        string[] parts =
        [
            PublicText.Of(vacancy.Title),
            PublicText.Of(vacancy.WorkPlace?.Words ?? ""),
            Pay(vacancy.Pay),
            Keep(vacancy),
            vacancy.Headcount > 0 ? $"招{Number(vacancy.Headcount - vacancy.FilledCount)}人" : "",
            Age(vacancy),
        ];
        return string.Join('，', parts.Where(part => !TextRules.IsBlank(part)));
    }

    private static string Pay(PayRange? pay)
    {
        if (pay is not { Currency: "CNY" } || (pay.MinMinor == 0 && pay.MaxMinor == 0))
        {
            return pay is { Words.Length: > 0 } ? PublicText.Of(pay.Words) : "工资面议";
        }

        var (least, most) = (pay.MinMinor / MinorOfUnit, pay.MaxMinor / MinorOfUnit);
        var amount = (least, most) switch
        {
            (0, _) => $"{Number(most)}元以内",
            (_, 0) => $"{Number(least)}元起",
            _ when least == most => $"{Number(least)}元",
            _ => $"{Number(least)}至{Number(most)}元",
        };
        return Unit(pay.Unit) + amount;
    }

    private static string Unit(PayUnit unit) => unit switch
    {
        PayUnit.Hour => "每小时",
        PayUnit.Day => "每天",
        PayUnit.Week => "每周",
        PayUnit.Fortnight => "每两周",
        PayUnit.Month => "每月",
        PayUnit.Year => "每年",
        PayUnit.Piece => "每件",
        _ => "",
    };

    private static string Keep(Vacancy vacancy) => (vacancy.Board, vacancy.Lodging) switch
    {
        (Provision.Free, Provision.Free) => "包吃住",
        (Provision.Free, _) => "包吃",
        (_, Provision.Free) => "包住",
        _ => "",
    };

    private static string Age(Vacancy vacancy) => (vacancy.MinAge, vacancy.MaxAge) switch
    {
        (0, 0) => "",
        (0, var most) => $"{Number(most)}岁以下",
        (var least, 0) => $"{Number(least)}岁以上",
        var (least, most) => $"{Number(least)}至{Number(most)}岁",
    };

    private static string Number(decimal number) => number.ToString("0.##", CultureInfo.InvariantCulture);
}
