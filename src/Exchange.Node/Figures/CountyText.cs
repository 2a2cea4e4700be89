using System.Globalization;
using Exchange.Node.Standards;
using Exchange.V1;

namespace Exchange.Node.Figures;

/// <summary>The county report in words, as the published ones write it. Every number is one of the figures.</summary>
internal sealed class CountyText(IReadOnlyList<Figure> figures, GetCountyReportRequest request)
{
    private const int FenInYuan = 100;
    private const int Wan = 10_000;

    private static readonly string[] SubsidyNames = ["稳岗补贴", "交通补助", "就业补助"];
    private static readonly string[] SubsidyWords =
        ["job-stability subsidy", "transport subsidy", "employment subsidy"];

    /// <summary>The lines in Chinese.</summary>
    public IEnumerable<string> Chinese()
    {
        var moved = figures[CountyReport.Transferred];
        yield return Since() is { } since
            ? $"{Name()}{request.SinceDate.Year}年以来，累计转移建档立卡贫困劳动力{since.Value}人次。"
            : $"{Name()}建档立卡贫困劳动力就业情况";
        yield return $"{Period()}转移就业建档立卡贫困劳动力{moved.Value}人"
            + $"（省外{Part(moved, DestinationClass.OutOfProvince)}人，"
            + $"其中有组织输出{PartnerName()}{figures[CountyReport.Organised].Value}人；"
            + $"省内县外{Part(moved, DestinationClass.InProvince)}人；"
            + $"县内{Part(moved, DestinationClass.InCounty)}人{Abroad(moved, "；境外", "人")}"
            + $"{Rest(moved.UnclassifiedValue, "；未分类", "人")}），"
            + $"占建档立卡贫困劳动力{moved.Base.Value}人的{Rate(moved)}。";
        yield return $"培训建档立卡贫困劳动力{figures[CountyReport.Trained].Value}人次。";
        yield return "兑现" + string.Join("；", CountyReport.Subsidies.Select((_, i) =>
            $"{SubsidyNames[i]}{Heads(i).Value}人{Text(Money(i).Value / (decimal)(FenInYuan * Wan))}万元"
            + Tiers(i, "，分档：", "元{0}人", "、"))) + "。";
        var back = figures[CountyReport.Returned];
        yield return $"返乡回流{back.Value}人，其中再输出{Part(back, "REPLACED")}人，"
            + $"等待再输出{Part(back, "WAITING")}人{Rest(Part(back, "NO_WISH"), "，无外出意愿", "人")}"
            + $"{Rest(back.UnclassifiedValue, "，去向未登记", "人")}。";
    }

    /// <summary>The lines in English.</summary>
    public IEnumerable<string> English()
    {
        var moved = figures[CountyReport.Transferred];
        yield return Since() is { } since
            ? $"{Name()}: {since.Value} times that a registered-poor worker began work since {request.SinceDate.Year}."
            : $"{Name()}: registered-poor workers.";
        yield return $"{Period()}: {moved.Value} began work "
            + $"({Part(moved, DestinationClass.OutOfProvince)} out of the province, of whom "
            + $"{figures[CountyReport.Organised].Value} were organised to {PartnerName()}; "
            + $"{Part(moved, DestinationClass.InProvince)} in the province, "
            + $"{Part(moved, DestinationClass.InCounty)} in the county{Abroad(moved, ", ", " abroad")}"
            + $"{Rest(moved.UnclassifiedValue, ", ", " unclassified")}), "
            + $"{Rate(moved)} of {moved.Base.Value} registered-poor workers.";
        yield return $"Training: {figures[CountyReport.Trained].Value} person-times.";
        yield return "Paid: " + string.Join("; ", CountyReport.Subsidies.Select((_, i) =>
            $"{SubsidyWords[i]} {Heads(i).Value} times, {Text(Money(i).Value / (decimal)FenInYuan)} yuan"
            + Tiers(i, ", by amount: ", " yuan {0} times", ", "))) + ".";
        var back = figures[CountyReport.Returned];
        yield return $"Came home: {back.Value}, of whom {Part(back, "REPLACED")} were placed again and "
            + $"{Part(back, "WAITING")} wait{Rest(Part(back, "NO_WISH"), ", ", " don't want to leave")}"
            + $"{Rest(back.UnclassifiedValue, ", ", " unknown")}.";
    }

    private Figure Heads(int subsidy) => figures[CountyReport.Paid + (2 * subsidy)];

    private Figure Money(int subsidy) => figures[CountyReport.Paid + (2 * subsidy) + 1];

    private Figure? Since() => figures.Count > CountyReport.Since ? figures[CountyReport.Since] : null;

    private string Name() => Divisions.Find(request.DivisionCode)?.Name ?? request.DivisionCode;

    private string PartnerName() => request.PartnerDivisionCode.Length == 0
        ? ""
        : Divisions.Find(request.PartnerDivisionCode)?.Name.TrimEnd('市') ?? request.PartnerDivisionCode;

    private string Period() =>
        request is { FromDate: { Month: 1, Day: 1 }, ToDate: { Month: 12, Day: 31 } }
        && request.FromDate.Year == request.ToDate.Year
            ? $"{request.FromDate.Year}年"
            : $"{Day(request.FromDate)}至{Day(request.ToDate)}";

    private static string Day(Google.Type.Date date) => $"{date.Year}年{date.Month}月{date.Day}日";

    private static string Rate(Figure figure) =>
        figure.Base.Value == 0 ? "—" : $"{Rates.Percent(figure.Value, figure.Base.Value, 1)}%";

    // One amount for all is told by the sum alone.
    private string Tiers(int subsidy, string lead, string form, string separator)
    {
        var amounts = Money(subsidy).Parts.OrderByDescending(part => Fen(part.Key)).ToList();
        return amounts.Count < 2
            ? ""
            : lead + string.Join(separator, amounts.Select(part =>
                Text(Fen(part.Key) / (decimal)FenInYuan)
                + string.Format(CultureInfo.InvariantCulture, form, part.Value / Fen(part.Key))));
    }

    private static string Text(decimal number) => number.ToString("0.######", CultureInfo.InvariantCulture);

    private static long Fen(string key) => long.Parse(key, CultureInfo.InvariantCulture);

    private static string Abroad(Figure moved, string before, string after) =>
        Rest(Part(moved, DestinationClass.Abroad), before, after);

    private static string Rest(long number, string before, string after) =>
        number == 0 ? "" : $"{before}{number}{after}";

    private static long Part(Figure figure, DestinationClass destination) => Part(
        figure,
        SubsidyTier.Descriptor.FindFieldByNumber(SubsidyTier.DestinationFieldNumber).EnumType
            .FindValueByNumber((int)destination).Name);

    private static long Part(Figure figure, string key) =>
        figure.Parts.FirstOrDefault(part => part.Key == key)?.Value ?? 0;
}
