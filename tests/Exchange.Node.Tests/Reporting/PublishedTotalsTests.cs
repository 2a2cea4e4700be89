using Exchange.Node.Figures;
using Exchange.Node.Tests.Records;
using Exchange.V1;
using Xunit;
using static Exchange.Node.Tests.Reporting.PublishedFiguresFixture;
using static Exchange.Node.Tests.Reporting.Scopes;

namespace Exchange.Node.Tests.Reporting;

/// <summary>
/// Published totals of prefectures and of the province, and how far they met their targets: counted from records, and
/// added up from what the divisions below report.
/// </summary>
public sealed class PublishedTotalsTests : IAsyncLifetime
{
    private const string Guangdong = "44";
    private const string Zhejiang = "3301";
    private const string County = "530629";

    private FigureBench _bench = null!;
    private FigureWorld _world = null!;
    private string _worker = "";

    public async Task InitializeAsync()
    {
        _bench = await FigureBench.OpenAsync();
        _world = new FigureWorld(_bench);
        _worker = await _world.WorkerAsync(County, card: true);
    }

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    // 200.08万 of 208.87万, 17.95万 of 37.74万, 1,036.3万 of 1,000万: at a hundredth, and the province's at a thousandth.
    [Theory]
    [InlineData(Measure.Transferred, Zhaotong, 20_008, 20_887, 9579)]
    [InlineData(Measure.Trained, Zhaotong, 1_795, 3_774, 4756)]
    [InlineData(Measure.Transferred, Yunnan, 10_363, 10_000, 10363)]
    public async Task A_target_is_met_by_what_was_recorded(
        Measure measure, string place, int reached, long target, long hundredths)
    {
        var held = measure == Measure.Trained ? await _bench.AddAsync(Class()) : "";
        for (var i = 0; i < reached; i++)
        {
            await (held.Length > 0
                ? _bench.AddAsync(Finished(held))
                : _world.PlaceAsync(_worker, Zhejiang, 2016, 1 + (i % 12)));
        }

        var id = await _bench.AddAsync(Aim(measure, place, target));
        var figure = await _bench.AnswerAsync(new FigureQuestion { TargetId = id });

        Assert.Equal((reached, target, hundredths), (figure.Value, figure.Base.Value, figure.Base.RateHundredths));
        Assert.Equal(FigureOrigin.Records, figure.Origin);
    }

    [Theory]
    [InlineData(Measure.Transferred, Zhaotong, 2_000_800, 2_088_700, 9579)]
    [InlineData(Measure.Trained, Zhaotong, 179_500, 377_400, 4756)]
    [InlineData(Measure.Transferred, Yunnan, 10_363_000, 10_000_000, 10363)]
    public async Task A_target_is_met_by_what_the_divisions_below_report(
        Measure measure, string place, long reached, long target, long hundredths)
    {
        var aim = Aim(measure, place, target);
        var id = await _bench.AddAsync(aim);
        await _bench.ReportBelowAsync(aim, reached);

        var figure = await _bench.AnswerAsync(new FigureQuestion { TargetId = id, FromReports = true });

        Assert.Equal((reached, target, hundredths), (figure.Value, figure.Base.Value, figure.Base.RateHundredths));
        Assert.Equal(FigureOrigin.Reports, figure.Origin);
        Assert.Equal(reached, figure.Parts.Sum(part => part.Value));
        Assert.Empty(figure.Notes);
    }

    // S1: 9.48万 = Guangdong 2.84万 + in the province 4.9万 + elsewhere 1.7万, which add up to 9.44万.
    [Fact]
    public async Task The_parts_of_9_48_differ_by_what_was_rounded_away()
    {
        foreach (var (place, count) in new[] { (Guangdong, 28_420), ("5301", 49_310), (Zhejiang, 17_050) })
        {
            for (var i = 0; i < count; i++)
            {
                await _world.PlaceAsync(_worker, place, 2017 + (i % 3), 3);
            }
        }

        var scope = Of(Measure.Transferred, Counting.PersonTimes, Zhaotong, 2017, 2019).OfCard();
        var figure = await _bench.CountAsync(
            new FigureQuestion
            {
                Scope = scope,
                Partition = Partition.Place,
                PlaceDivisionCodes = { Guangdong, Yunnan },
            },
            new DateOnly(2019, 12, 31));
        string[] printed = ["2.84万", "4.9万", "1.7万"];
        var parts = figure.Parts.Zip(printed, (part, words) => Reconciliation.Compare(Said(words), [Counted(part.Value)]));
        var sum = Reconciliation.Compare(Said("9.48万"), [.. printed.Select(Said)]);

        Assert.Equal(94_780, figure.Value);
        Assert.Equal(
            ReconcileVerdict.WithinRounding,
            Reconciliation.Compare(Said("9.48万"), [Counted(figure.Value)]).Verdict);
        Assert.All(parts, part => Assert.Equal(ReconcileVerdict.WithinRounding, part.Verdict));
        Assert.Equal(ReconcileVerdict.WithinRounding, sum.Verdict);
        Assert.Equal(("93350", "95450", "400"), (sum.OthersLow, sum.OthersHigh, sum.Difference));
    }

    private static NamedNumber Said(string words) => new(PrintedNumber.Read(words)!.Value, null, null);

    private static NamedNumber Counted(long value) => new(PrintedNumber.Exact(value, isRate: false), null, null);

    private static Target Aim(Measure measure, string place, long number) => new()
    {
        Title = "目标任务",
        Place = Samples.Place(place, "某地"),
        Measure = measure,
        Counting = Counting.PersonTimes,
        FromDate = Samples.Date(place == Yunnan ? 2016 : 2015, 1, 1),
        ToDate = Samples.Date(2017, 6, 30),
        Number = number,
    };

    private static TrainingClass Class() => new()
    {
        Title = "技能培训",
        Kind = TrainingKind.Skill,
        Place = Samples.Place(County, "威信县"),
        ProviderName = "某学校",
        StartDate = Samples.Date(2016, 3, 1),
        EndDate = Samples.Date(2016, 6, 1),
    };

    private Enrolment Finished(string held) => new()
    {
        TrainingClassId = held,
        WorkerId = _worker,
        Place = Samples.Place(County, "威信县"),
        Status = EnrolmentStatus.Completed,
    };
}
