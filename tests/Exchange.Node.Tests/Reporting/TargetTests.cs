using Exchange.Node.Figures;
using Exchange.Node.Tests.Records;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Reporting;

/// <summary>Targets down the divisions: how far they are met, and whether their parts make the whole.</summary>
public sealed class TargetTests : IAsyncLifetime
{
    private FigureBench _bench = null!;
    private TargetBook _book = null!;

    public async Task InitializeAsync()
    {
        _bench = await FigureBench.OpenAsync();
        _book = new TargetBook(_bench.Store, _bench.Codec);
    }

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Theory]
    [InlineData(6, 4, TargetSum.Equal, 0)]
    [InlineData(6, 3, TargetSum.Less, 1)]
    [InlineData(6, 5, TargetSum.More, 1)]
    public async Task Parts_that_do_not_make_the_whole_are_told(long one, long other, TargetSum sum, int findings)
    {
        var city = await _bench.AddAsync(Target("5306", 10));
        await _bench.AddAsync(Target("530627", one, city));
        await _bench.AddAsync(Target("530629", other, city));
        await _bench.FlushAsync();

        var found = await _book.SumAsync(city, default);
        var completion = await _bench.AnswerAsync(new FigureQuestion { TargetId = city });

        Assert.Equal((2, one + other, sum), (found.ChildCount, found.ChildSum, found.Sum));
        Assert.Equal(findings, found.Findings.Count);
        Assert.Equal(found.Findings, completion.Notes);
    }

    [Fact]
    public async Task What_counts_something_else_or_lies_elsewhere_is_no_part()
    {
        var city = await _bench.AddAsync(Target("5306", 10));
        var other = Target("530627", 10, city);
        other.Measure = Measure.Trained;
        await _bench.AddAsync(other);
        await _bench.AddAsync(Target("530103", 10, city));
        await _bench.FlushAsync();

        var found = await _book.SumAsync(city, default);

        Assert.Equal((2, 0, TargetSum.Less, 3), (found.ChildCount, found.ChildSum, found.Sum, found.Findings.Count));
    }

    [Fact]
    public async Task A_target_is_held_against_what_its_own_scope_counts()
    {
        var world = new FigureWorld(_bench);
        await world.PlaceAsync(await world.WorkerAsync("530629", card: true), "4419", 2018, 3);
        await world.PlaceAsync(await world.WorkerAsync("530629"), "4419", 2018, 3);
        await world.PlaceAsync(await world.WorkerAsync("530627", card: true), "4419", 2017, 3);
        var target = Target("5306", 4);
        target.Card = CardScope.Card;
        var id = await _bench.AddAsync(target);

        var figure = await _bench.AnswerAsync(new FigureQuestion { TargetId = id });

        Assert.Equal((1, 4, 2500, id), (
            figure.Value, figure.Base.Value, figure.Base.RateHundredths, figure.Base.TargetId));
    }

    [Fact]
    public async Task Reports_are_added_up_without_corrected_and_spoiled_ones_and_what_lacks_is_named()
    {
        var target = Target("5306", 1_000);
        target.Counting = Counting.PersonTimes;
        var id = await _bench.AddAsync(target);
        var first = await _bench.AddReportAsync(Statement("530627", 100));
        var correction = Statement("530627", 90);
        (correction.CorrectedReportId, correction.CorrectionWords) = (first, "重复");
        await _bench.AddReportAsync(correction);
        await _bench.AddReportAsync(Statement("530629", 50), spoil: report => report.Signature.Signature =
            Google.Protobuf.ByteString.CopyFromUtf8("no signature"));

        var figure = await _bench.AnswerAsync(new FigureQuestion { TargetId = id, FromReports = true });

        Assert.Equal((90, 1), (figure.Value, figure.Parts.Count));
        Assert.Contains("威信县", Assert.Single(figure.Notes), StringComparison.Ordinal);
    }

    private static PublishedReportStatement Statement(string division, long value)
    {
        var target = Target(division, 1);
        target.Counting = Counting.PersonTimes;
        return new PublishedReportStatement
        {
            Place = target.Place,
            Title = "完成情况",
            AsOfDate = Samples.Date(2018, 12, 31),
            Figures = { new Figure { Scope = FigurePlanner.ScopeOf(target, part: null), Value = value } },
            SignedOffBy = "人力资源和社会保障局",
        };
    }

    private static Target Target(string division, long number, string above = "") => new()
    {
        Title = "2018年转移就业目标",
        Place = Samples.Place(division, "某地"),
        Measure = Measure.Transferred,
        Counting = Counting.Persons,
        FromDate = Samples.Date(2018, 1, 1),
        ToDate = Samples.Date(2018, 12, 31),
        Number = number,
        TargetId = above,
    };
}
