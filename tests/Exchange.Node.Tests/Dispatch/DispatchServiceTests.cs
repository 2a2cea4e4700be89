using Exchange.Node.Tests.Money;
using Exchange.Node.Tests.Records;
using Exchange.Testing;
using Exchange.V1;
using Grpc.Core;
using Xunit;

namespace Exchange.Node.Tests.Dispatch;

/// <summary>Who is on a manifest, who departed and who arrived.</summary>
public sealed class DispatchServiceTests : IAsyncLifetime
{
    private const string Number = "2018-014";

    private static readonly Google.Type.Date Day = Samples.Date(2018, 3, 5);

    private TestNode _node = null!;

    public async Task InitializeAsync() => _node = await TestNode.StartAsync("zhaotong");

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task Everybody_on_a_manifest_is_told_apart_by_what_happened()
    {
        var placed = new List<PlacedWorker>();
        for (var i = 0; i < 5; i++)
        {
            placed.Add(await ReferredAsync());
        }

        var batch = await placed[0].PutAsync("dispatch_batch", Batch());
        for (var i = 0; i < placed.Count; i++)
        {
            await placed[i].PutAsync("manifest_entry", Entry(batch, placed[i], struckOff: i >= 3));
        }

        await placed[1].HappenAsync(PlacementEventType.Departed, Day, Number);
        await placed[2].HappenAsync(PlacementEventType.Departed, Day, "another");
        await placed[4].HappenAsync(PlacementEventType.Departed, Day, Number);

        var before = await ReconcileAsync(batch);
        await placed[1].HappenAsync(PlacementEventType.Arrived, Samples.Date(2018, 3, 6));
        var after = await ReconcileAsync(batch);

        Assert.Equal(
            [
                ManifestStanding.Expected, ManifestStanding.UnderWay, ManifestStanding.TravelledOtherwise,
                ManifestStanding.StruckOff, ManifestStanding.StruckOffButDeparted,
            ],
            placed.Select(one => before.Lines.Single(line => line.WorkerId == one.Worker).Standing));
        Assert.Equal(
            (5, 3, 2, 0), (before.PlannedCount, before.ListedCount, before.DepartedCount, before.ArrivedCount));
        Assert.Equal((2, 1), (after.DepartedCount, after.ArrivedCount));
        Assert.Equal(
            ManifestStanding.Arrived, after.Lines.Single(line => line.WorkerId == placed[1].Worker).Standing);
    }

    [Fact]
    public async Task An_arrival_that_comes_before_its_departure_counts()
    {
        var placed = await PlacedWorker.PutAsync(_node);
        var batch = await placed.PutAsync("dispatch_batch", Batch());
        await placed.PutAsync("manifest_entry", Entry(batch, placed, struckOff: false));

        Assert.Equal(1, (await ReconcileAsync(batch)).ArrivedCount);
    }

    [Fact]
    public async Task A_batch_that_is_not_there_is_not_found()
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => ReconcileAsync(Samples.Id));

        Assert.Equal(StatusCode.NotFound, error.StatusCode);
    }

    [Fact]
    public async Task Whoever_reaches_one_county_sees_its_own_on_the_manifest()
    {
        var placed = await PlacedWorker.PutAsync(_node);
        var batch = await placed.PutAsync("dispatch_batch", Batch());
        await placed.PutAsync("manifest_entry", Entry(batch, placed, struckOff: false));
        var request = new ReconcileBatchRequest { DispatchBatchId = batch };

        var start = new DispatchService.DispatchServiceClient(await PlacedWorker.ReaderOfAsync(_node, "530602"));
        var elsewhere = new DispatchService.DispatchServiceClient(await PlacedWorker.ReaderOfAsync(_node, "5301"));

        Assert.Empty((await start.ReconcileBatchAsync(request)).Lines);
        var error = await Assert.ThrowsAsync<RpcException>(async () => await elsewhere.ReconcileBatchAsync(request));
        Assert.Equal(StatusCode.PermissionDenied, error.StatusCode);
    }

    private static DispatchBatch Batch() => new()
    {
        Number = Number,
        SendingNode = "zhaotong",
        ReceivingNode = "dongguan",
        Transport = DispatchTransport.CharteredTrain,
        FromPlace = Samples.Place("530602", "昭阳区"),
        ToPlace = Samples.Place("4419", "东莞市"),
        DepartureDate = Day,
        PlannedCount = 5,
        Status = DispatchStatus.Departed,
    };

    private static ManifestEntry Entry(string batch, PlacedWorker placed, bool struckOff) => new()
    {
        DispatchBatchId = batch,
        WorkerId = placed.Worker,
        PlacementId = placed.Placement,
        SendingNode = "zhaotong",
        ReceivingNode = "dongguan",
        StruckOff = struckOff,
    };

    private Task<PlacedWorker> ReferredAsync() => PlacedWorker.PutAsync(_node, hasBegun: false);

    private async Task<ReconcileBatchResponse> ReconcileAsync(string batch) =>
        await new DispatchService.DispatchServiceClient(_node.Channel).ReconcileBatchAsync(
            new ReconcileBatchRequest { DispatchBatchId = batch });
}
