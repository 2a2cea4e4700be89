using Exchange.Node.Tests.Money;
using Exchange.Node.Tests.Records;
using Exchange.Testing;
using Exchange.V1;
using Grpc.Core;
using Xunit;
using FigureService = Exchange.V1.FigureService;

namespace Exchange.Node.Tests.Reporting;

/// <summary>Figures, lists, households and published reports over the wire, and who may ask.</summary>
public sealed class FigureServiceTests : IAsyncLifetime
{
    private const string Weixin = "530629";

    private TestNode _node = null!;

    public async Task InitializeAsync() => _node = await TestNode.StartAsync("zhaotong");

    public async Task DisposeAsync() => await _node.DisposeAsync();

    private FigureService.FigureServiceClient Figures => new(_node.Channel);

    [Fact]
    public async Task A_figure_is_followed_to_its_records_page_by_page()
    {
        var placed = new List<PlacedWorker>();
        for (var i = 0; i < 3; i++)
        {
            placed.Add(await PlacedWorker.PutAsync(_node));
        }

        var question = Transferred();
        var computed = await Figures.ComputeReportAsync(new ComputeReportRequest { Questions = { question } });
        var request = new ListReportRecordsRequest { Question = question, PageSize = 2 };
        var first = await Figures.ListReportRecordsAsync(request);
        request.PageToken = first.NextPageToken;
        var second = await Figures.ListReportRecordsAsync(request);
        var listed = first.Records.Concat(second.Records).ToList();

        Assert.Equal((3, 2, 1, ""), (
            computed.Figures[0].Value, first.Records.Count, second.Records.Count, second.NextPageToken));
        Assert.Equal("zhaotong", Assert.Single(computed.Completeness).Node);
        var workers = new List<string>();
        foreach (var record in listed)
        {
            var found = await _node.Records.GetRecordAsync(new GetRecordRequest { Kind = record.Kind, Id = record.Id });
            workers.Add(found.Record.Payload.Unpack<PlacementEvent>().WorkerId);
        }

        Assert.Equal(placed.Select(one => one.Worker).Order(), workers.Order());
        request = new ListReportRecordsRequest { Question = question, PartKey = "UNCLASSIFIED" };
        Assert.Empty((await Figures.ListReportRecordsAsync(request)).Records);
    }

    [Fact]
    public async Task Whoever_reaches_one_county_asks_about_it_alone()
    {
        await PlacedWorker.PutAsync(_node);
        var own = new FigureService.FigureServiceClient(await PlacedWorker.ReaderOfAsync(_node, Weixin));
        var other = new FigureService.FigureServiceClient(await PlacedWorker.ReaderOfAsync(_node, "530627"));
        var everywhere = Transferred();
        everywhere.Scope.DivisionCode = "";

        var listed = await own.ListReportRecordsAsync(new ListReportRecordsRequest { Question = Transferred() });

        Assert.Single(listed.Records);
        await RefusedAsync(() => own.ComputeReportAsync(new ComputeReportRequest { Questions = { everywhere } }));
        await RefusedAsync(() => other.ComputeReportAsync(new ComputeReportRequest { Questions = { Transferred() } }));
        await RefusedAsync(() => other.ListReportRecordsAsync(new ListReportRecordsRequest { Question = Transferred() }));
        await RefusedAsync(() => other.GetCountyReportAsync(County()));
        await RefusedAsync(() => other.CountHouseholdsAsync(new CountHouseholdsRequest { DivisionCode = Weixin }));
        await RefusedAsync(() => other.ListHouseholdsWithoutAsync(
            new ListHouseholdsWithoutRequest { DivisionCode = Weixin, Rule = HouseholdRule.Employed }));
    }

    [Fact]
    public async Task Households_that_fail_come_in_pages_with_their_number()
    {
        var placed = await PlacedWorker.PutAsync(_node, hasBegun: false);
        for (var i = 0; i < 3; i++)
        {
            var house = new Household { HeadName = "王大山", Place = Samples.Place(Weixin, "威信县") };
            var worker = new Worker { Name = "王小明", HouseholdId = await placed.PutAsync("household", house) };
            await placed.PutAsync("worker", worker);
        }

        var request = new ListHouseholdsWithoutRequest
        {
            Rule = HouseholdRule.Employed,
            DivisionCode = Weixin,
            PageSize = 2,
        };
        var first = await Figures.ListHouseholdsWithoutAsync(request);
        request.PageToken = first.NextPageToken;
        var second = await Figures.ListHouseholdsWithoutAsync(request);
        var counted = await Figures.CountHouseholdsAsync(new CountHouseholdsRequest { DivisionCode = Weixin });

        Assert.Equal((2, 1, 3, ""), (
            first.Households.Count, second.Households.Count, (int)first.TotalCount, second.NextPageToken));
        Assert.Equal(3, first.Households.Concat(second.Households).Select(one => one.HouseholdId).Distinct().Count());
        Assert.Equal((3, 3, 0), (counted.HouseholdCount, counted.WithLabourCount, counted.WithEmployedCount));
        Assert.Equal(0, counted.Rates.EmployedHundredths);
    }

    [Fact]
    public async Task A_report_is_signed_corrected_and_told_apart_from_what_is_counted_now()
    {
        await PlacedWorker.PutAsync(_node);
        var first = await Figures.PublishReportAsync(Request());
        await PlacedWorker.PutAsync(_node);
        var again = Request();
        (again.CorrectedReportId, again.CorrectionWords) = (first.Id, "补录一人");
        var second = await Figures.PublishReportAsync(again);

        var old = await Figures.GetPublishedReportAsync(new GetPublishedReportRequest { Id = first.Id });
        var present = await Figures.GetPublishedReportAsync(new GetPublishedReportRequest { Id = second.Id });

        Assert.True(old.SignatureGood && present.SignatureGood);
        Assert.Equal([second.Id], old.CorrectingReportIds);
        Assert.Equal(
            [ReconcileVerdict.Conflict, ReconcileVerdict.Unknown], old.Recomputed.Select(one => one.Verdict));
        Assert.Equal(ReconcileVerdict.Ok, present.Recomputed[0].Verdict);
        Assert.Equal(2, present.Changes.Count);
        Assert.Contains("补录一人", present.Changes[0], StringComparison.Ordinal);
        Assert.Contains("1 became 2", present.Changes[1], StringComparison.Ordinal);
        var stated = present.Statement.Figures[1];
        Assert.Equal((FigureOrigin.Stated, 2150), (stated.Origin, stated.Base.RateHundredths));
    }

    [Theory]
    [InlineData("place", "place.division_code")]
    [InlineData("title", "title")]
    [InlineData("office", "signed_off_by")]
    [InlineData("figures", "questions")]
    [InlineData("words", "correction_words")]
    public async Task A_report_that_lacks_something_is_refused_by_its_field(string what, string field)
    {
        var request = Request();
        request.Place = what == "place" ? null : request.Place;
        request.Title = what == "title" ? "" : request.Title;
        request.SignedOffBy = what == "office" ? " " : request.SignedOffBy;
        request.CorrectionWords = what == "words" ? "补录" : "";
        if (what == "figures")
        {
            request.Questions.Clear();
            request.StatedFigures.Clear();
        }

        var refused = await Assert.ThrowsAsync<RpcException>(async () => await Figures.PublishReportAsync(request));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.StartsWith(field, refused.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Targets_and_the_county_report_and_reconciliation_answer_over_the_wire()
    {
        var placed = await PlacedWorker.PutAsync(_node);
        await placed.PutAsync("target", new Target
        {
            Title = "2018年目标",
            Place = Samples.Place(Weixin, "威信县"),
            Measure = Measure.Transferred,
            Counting = Counting.Persons,
            FromDate = Samples.Date(2018, 1, 1),
            ToDate = Samples.Date(2018, 12, 31),
            Number = 3,
        });

        using var call = Figures.CheckTargets(new CheckTargetsRequest { DivisionCode = "5306", Year = 2018 });
        var checks = await call.ResponseStream.ReadAllAsync().ToListAsync();
        var report = await Figures.GetCountyReportAsync(County());
        var reconciled = await Figures.ReconcileFiguresAsync(new ReconcileFiguresRequest
        {
            Figure = new FigureClaim { Words = "1" },
            Others = { new FigureClaim { Question = Transferred() } },
        });

        Assert.Equal((1, 3333, TargetSum.None), (
            checks.Single().Completion.Value, checks[0].Completion.Base.RateHundredths, checks[0].Sum));
        Assert.Contains("转移就业建档立卡贫困劳动力1人（省外1人", report.Lines[1], StringComparison.Ordinal);
        Assert.Equal(ReconcileVerdict.Ok, reconciled.Verdict);
        Assert.DoesNotContain("王", string.Concat(report.Lines), StringComparison.Ordinal);
    }

    private static PublishReportRequest Request() => new()
    {
        Place = Samples.Place(Weixin, "威信县"),
        Title = "2018年就业扶贫情况",
        Questions = { Transferred() },
        StatedFigures =
        {
            new Figure
            {
                Value = 1_119_500,
                StatedWords = "111.95万",
                Base = new FigureBase { Value = 5_207_000, BaseWords = "2015年末农村人口" },
            },
        },
        SignedOffBy = "威信县人力资源和社会保障局",
    };

    private static GetCountyReportRequest County() => new()
    {
        DivisionCode = Weixin,
        FromDate = Samples.Date(2018, 1, 1),
        ToDate = Samples.Date(2018, 12, 31),
    };

    private static FigureQuestion Transferred() => new()
    {
        Scope = Scopes.Of(Measure.Transferred, Counting.Persons, Weixin, 2018),
        Partition = Partition.Destination,
    };

    private static async Task RefusedAsync<T>(Func<AsyncUnaryCall<T>> call)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await call());
        Assert.Equal(StatusCode.PermissionDenied, refused.StatusCode);
    }
}
