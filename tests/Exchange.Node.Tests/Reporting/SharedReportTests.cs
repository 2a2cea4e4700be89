using Exchange.Node.Tests.Agreements;
using Exchange.Node.Tests.Money;
using Exchange.Node.Tests.Records;
using Exchange.Node.Tests.Services;
using Exchange.Testing;
using Exchange.V1;
using Xunit;
using FigureService = Exchange.V1.FigureService;

namespace Exchange.Node.Tests.Reporting;

/// <summary>A report that the home node signs, at the partner, which holds a part of the records.</summary>
public sealed class SharedReportTests : IAsyncLifetime
{
    private const string Weixin = "530629";

    private AgreedNodes _nodes = null!;

    public async Task InitializeAsync() => _nodes = await AgreedNodes.StartAgreedAsync();

    public async Task DisposeAsync() => await _nodes.DisposeAsync();

    [Fact]
    public async Task The_partner_prints_it_and_counts_anew_what_it_holds()
    {
        var vacancy = VacancySamples.Sample();
        vacancy.WorkPlace = Samples.Place("441900118", "东莞市大岭山镇");
        var (_, answers) = await _nodes.Town.PublishAsync(VacancySamples.Item(1, "a", vacancy));
        await _nodes.SyncAsync();
        var region = new PlacedWorker(_nodes.Region);
        for (var i = 0; i < 5; i++)
        {
            var worker = await region.PutWorkerAsync(change =>
            {
                change.RegisteredPlace = Samples.Place(Weixin, "威信县");
                change.LabourCapacity = LabourCapacity.Ordinary;
            });
            if (i < 2)
            {
                await BeginAsync(worker, answers[0].Id);
            }
        }

        var published = await Figures(_nodes.Region).PublishReportAsync(Request());
        await _nodes.SyncAsync();
        var report = await Figures(_nodes.Town).GetPublishedReportAsync(
            new GetPublishedReportRequest { Id = published.Id });
        var own = await Figures(_nodes.Region).GetPublishedReportAsync(
            new GetPublishedReportRequest { Id = published.Id });

        Assert.Equal(("zhaotong", true), (report.HomeNode, report.SignatureGood));
        Assert.Equal("威信县人力资源和社会保障局", report.Statement.SignedOffBy);
        Assert.Contains(report.Statement.Completeness, one => one.Node == "zhaotong");
        Assert.Equal([2L, 5L], report.Statement.Figures.Select(figure => figure.Value));
        Assert.Equal(
            [(ReconcileVerdict.Ok, 2L), (ReconcileVerdict.ScopeDiffers, 2L)],
            report.Recomputed.Select(one => (one.Verdict, one.Value)));
        Assert.NotEmpty(report.Recomputed[1].Reasons);
        Assert.All(own.Recomputed, one => Assert.Equal(ReconcileVerdict.Ok, one.Verdict));
    }

    private static FigureService.FigureServiceClient Figures(TestNode node) => new(node.Channel);

    private static PublishReportRequest Request()
    {
        var placed = Scopes.Of(Measure.Transferred, Counting.Persons, Weixin, 2026);
        placed.DestinationDivisionCodes.Add("4419");
        return new PublishReportRequest
        {
            Place = Samples.Place(Weixin, "威信县"),
            Title = "东莞务工情况",
            Questions =
            {
                new FigureQuestion { Scope = placed },
                new FigureQuestion { Scope = Scopes.Of(Measure.Labour, Counting.Persons, Weixin) },
            },
            SignedOffBy = "威信县人力资源和社会保障局",
        };
    }

    private async Task BeginAsync(string worker, string vacancy)
    {
        var placement = "";
        foreach (var type in new[] { PlacementEventType.Referred, PlacementEventType.Started })
        {
            var happened = new PlacementEvent
            {
                PlacementId = placement,
                WorkerId = worker,
                VacancyId = vacancy,
                SendingNode = "zhaotong",
                ReceivingNode = "dongguan",
                Type = type,
                HappenedDate = Samples.Date(2026, 3, 1),
            };
            var response = await _nodes.Region.Placements.RecordPlacementEventAsync(
                new RecordPlacementEventRequest { Event = happened });
            placement = response.Placement.Id;
        }
    }
}
