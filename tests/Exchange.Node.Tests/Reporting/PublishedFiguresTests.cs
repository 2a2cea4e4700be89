using Exchange.Node.Figures;
using Exchange.Node.Tests.Records;
using Exchange.V1;
using Xunit;
using static Exchange.Node.Tests.Reporting.PublishedFiguresFixture;
using static Exchange.Node.Tests.Reporting.Scopes;

namespace Exchange.Node.Tests.Reporting;

/// <summary>The figures that five reports published, counted from records by the code that counts every report.</summary>
public sealed class PublishedFiguresTests(PublishedFiguresFixture data) : IClassFixture<PublishedFiguresFixture>
{
    private static readonly DateOnly EndOf2018 = new(2018, 12, 31);

    [Fact]
    public async Task Weixin_2018_is_28_758_of_36_594_by_destination()
    {
        var figure = await CountAsync(new FigureQuestion
        {
            Scope = Of(Measure.Transferred, Counting.Persons, Weixin, 2018).OfCard(),
            BaseScope = Of(Measure.Labour, Counting.Persons, Weixin).OfCard(),
            Partition = Partition.Destination,
        });

        Assert.Equal((28_758, 36_594, 7859), (figure.Value, figure.Base.Value, figure.Base.RateHundredths));
        Assert.Equal("78.6", Rates.Percent(figure.Value, figure.Base.Value, 1));
        Assert.Equal(
            [8_350, 1_446, 18_962, 0, 0], [.. figure.Parts.Select(part => part.Value), figure.UnclassifiedValue]);
        Assert.Equal(63_889, (await CountAsync(
            Of(Measure.Transferred, Counting.PersonTimes, Weixin, 2016, 2018).OfCard())).Value);
    }

    [Fact]
    public async Task Qiaojia_2019_is_24_974_by_place()
    {
        var figure = await CountAsync(
            new FigureQuestion
            {
                Scope = Of(Measure.Transferred, Counting.Persons, Qiaojia, 2019).OfCard(),
                Partition = Partition.Place,
                PlaceDivisionCodes = { "44", "53" },
            },
            new DateOnly(2019, 12, 31));

        Assert.Equal(24_974, figure.Value);
        Assert.Equal(
            [("44", 961), ("53", 18_093), ("ELSEWHERE", 5_920)],
            figure.Parts.Select(part => (part.Key, part.Value)));
        Assert.Equal(0, figure.UnclassifiedValue);
    }

    [Theory]
    [InlineData(CardScope.Unspecified, 6_674, 7_783, 8575, "85.8")]
    [InlineData(CardScope.Card, 2_650, 3_020, 8775, "87.7")]
    public async Task Zhenxiong_has_so_many_away(CardScope card, long away, long of, long hundredths, string printed)
    {
        var (scope, against) = (
            Of(Measure.Away, Counting.Persons, Zhenxiong), Of(Measure.Labour, Counting.Persons, Zhenxiong));
        (scope.Card, against.Card) = (card, card);

        var figure = await CountAsync(new FigureQuestion { Scope = scope, BaseScope = against });

        Assert.Equal((away, of, hundredths), (figure.Value, figure.Base.Value, figure.Base.RateHundredths));
        Assert.Equal(printed, Rates.Percent(figure.Value, figure.Base.Value, 1));
    }

    [Fact]
    public async Task Pingli_has_2_032_with_an_outcome_of_13_865()
    {
        var figure = await CountAsync(new FigureQuestion
        {
            Scope = Of(Measure.Trained, Counting.Persons, Pingli, 2018).OfCard(),
            BaseScope = Of(Measure.Labour, Counting.Persons, Pingli).OfCard(),
            Partition = Partition.Outcome,
        });

        Assert.Equal((2_032, 13_865), (figure.Value, figure.Base.Value));
        Assert.Equal([928, 137, 967], figure.Parts.Select(part => part.Value).Take(3));
        Assert.Equal("14.7", Rates.Percent(figure.Value, figure.Base.Value, 1));
    }

    [Theory]
    [InlineData(SubsidyKind.StableJob, 380, 38_000_000, 100_000, true)]
    [InlineData(SubsidyKind.Employment, 6_065, 181_950_000, 30_000, true)]
    [InlineData(SubsidyKind.Transport, 18_986, 936_310_000, 49_316, false)]
    public async Task Subsidies_are_so_much_a_head(SubsidyKind kind, long times, long fen, long each, bool isExact)
    {
        var figure = await CountAsync(new FigureQuestion
        {
            Scope = Paid(kind, Counting.Fen),
            BaseScope = Paid(kind, Counting.PersonTimes),
            Partition = Partition.Amount,
        });

        Assert.Equal((fen, times), (figure.Value, figure.Base.Value));
        Assert.Equal((each, isExact), (figure.Base.PerHeadFen, figure.Base.PerHeadExact));
    }

    [Fact]
    public async Task Transport_money_comes_of_two_tiers_and_24_workers_were_paid_twice()
    {
        var times = new FigureQuestion
        {
            Scope = Paid(SubsidyKind.Transport, Counting.PersonTimes),
            Partition = Partition.Amount,
        };
        var tiers = await CountAsync(times);
        var persons = await CountAsync(Paid(SubsidyKind.Transport, Counting.Persons));

        Assert.Equal(
            [("100000", 5_239), ("30000", 13_747)],
            tiers.Parts.Select(part => (part.Key, part.Value)).OrderBy(part => part.Value));
        Assert.Equal((18_986, 18_962), (tiers.Value, persons.Value));
    }

    [Fact]
    public async Task Returnees_are_1_724_of_whom_1_412_were_placed_again_and_312_wait()
    {
        var scope = Of(Measure.Returned, Counting.Persons, Qiaojia, 2020);
        var all = await CountAsync(new FigureQuestion { Scope = scope, Partition = Partition.Outcome }, EndOf2020);
        var card = await CountAsync(
            new FigureQuestion { Scope = scope.Clone().OfCard(), Partition = Partition.Outcome }, EndOf2020);
        var reasons = await CountAsync(
            new FigureQuestion { Scope = scope, Partition = Partition.Kind }, EndOf2020);

        Assert.Equal((1_724, 1_412, 312), (all.Value, all.Parts[0].Value, all.Parts[1].Value));
        Assert.Equal((1_061, 915, 146), (card.Value, card.Parts[0].Value, card.Parts[1].Value));
        Assert.Equal((8190, 8624), (all.Parts[0].ShareHundredths, card.Parts[0].ShareHundredths));
        Assert.Equal(1_724, reasons.Parts.Take(3).Sum(part => part.Value));
    }

    [Fact]
    public async Task Of_85_fairs_7_stay_unclassified()
    {
        var scope = Of(Measure.JobFairs, Counting.Items, Zhaotong);
        (scope.FromDate, scope.ToDate) = (Samples.Date(2017, 1, 1), Samples.Date(2017, 6, 30));

        var figure = await CountAsync(new FigureQuestion { Scope = scope, Partition = Partition.Kind });

        Assert.Equal((85, 7), (figure.Value, figure.UnclassifiedValue));
        Assert.Equal([13, 56, 9, 0], figure.Parts.Select(part => part.Value));
    }

    [Fact]
    public async Task Seventy_percent_against_51_8_are_rates_of_different_things()
    {
        var everyone = new FigureQuestion
        {
            Scope = Of(Measure.Transferred, Counting.Persons, Weixin),
            BaseScope = Of(Measure.Labour, Counting.Persons, Weixin),
        };
        var scope = Of(Measure.Transferred, Counting.Persons, Weixin, 2018).OfCard();
        scope.Destination = DestinationClass.OutOfProvince;
        var card = new FigureQuestion
        {
            Scope = scope,
            BaseScope = Of(Measure.Labour, Counting.Persons, Weixin).OfCard(),
        };
        var counted = await data.Bench.ReadAsync(new FigureClaim { Question = card }, EndOf2018);

        var found = Reconciliation.Compare(Said("70%", everyone), [counted]);

        Assert.Equal(ReconcileVerdict.ScopeDiffers, found.Verdict);
        Assert.Equal("51.8", Rates.Percent(18_962, 36_594, 1));
        Assert.Contains(found.Reasons, reason => reason.StartsWith("base: card differs", StringComparison.Ordinal));
        Assert.Contains(found.Reasons, reason => reason.StartsWith("destination differs", StringComparison.Ordinal));
        Assert.Equal(
            ReconcileVerdict.WithinRounding, Reconciliation.Compare(Said("51.8%", card), [counted]).Verdict);
    }

    [Fact]
    public async Task The_county_report_is_the_published_paragraph()
    {
        var request = new GetCountyReportRequest
        {
            DivisionCode = Weixin,
            FromDate = Samples.Date(2018, 1, 1),
            ToDate = Samples.Date(2018, 12, 31),
            SinceDate = Samples.Date(2016, 1, 1),
            PartnerDivisionCode = "4419",
        };

        var figures = new List<Figure>();
        foreach (var question in CountyReport.Questions(request))
        {
            figures.Add(await CountAsync(question));
        }

        Assert.Equal(
            [
                "威信县2016年以来，累计转移建档立卡贫困劳动力63889人次。",
                "2018年转移就业建档立卡贫困劳动力28758人（省外18962人，其中有组织输出东莞2348人；省内县外1446人；县内8350人），"
                    + "占建档立卡贫困劳动力36594人的78.6%。",
                "培训建档立卡贫困劳动力7379人次。",
                "兑现稳岗补贴380人38万元；交通补助18986人936.31万元，分档：1000元5239人、300元13747人；就业补助6065人181.95万元。",
                "返乡回流0人，其中再输出0人，等待再输出0人。",
            ],
            new CountyText(figures, request).Chinese());
    }

    private static DateOnly EndOf2020 => new(2020, 12, 31);

    private static NamedNumber Said(string words, FigureQuestion question) =>
        new(PrintedNumber.Read(words)!.Value, question, question.BaseScope);

    private static FigureScope Paid(SubsidyKind kind, Counting counting)
    {
        var scope = Of(Measure.Paid, counting, Weixin, 2018);
        scope.Subsidy = kind;
        return scope;
    }

    private Task<Figure> CountAsync(FigureScope scope) => CountAsync(new FigureQuestion { Scope = scope });

    private Task<Figure> CountAsync(FigureQuestion question, DateOnly? asOf = null) =>
        data.Bench.CountAsync(question, asOf ?? EndOf2018);
}
