using Exchange.Testing;
using Exchange.V1;
using Grpc.Core;
using Xunit;
using Event = Exchange.V1.WatchPlacementsResponse.EventOneofCase;

namespace Exchange.Node.Tests.Services;

public sealed class WatchPlacementsTests : IAsyncLifetime
{
    private static readonly string Worker = Guid.CreateVersion7().ToString();
    private static readonly string Vacancy = Guid.CreateVersion7().ToString();

    private TestNode _node = null!;

    public async Task InitializeAsync() => _node = await TestNode.StartAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task A_snapshot_tells_each_placement_once_however_many_events_it_has()
    {
        var one = await RecordAsync("", PlacementEventType.Arrived, 1);
        var two = await RecordAsync("", PlacementEventType.Arrived, 1);
        await RecordAsync(one, PlacementEventType.Started, 2);
        await RecordAsync(one, PlacementEventType.Left, 3);

        using var watch = _node.Placements.WatchPlacements(new WatchPlacementsRequest());
        var first = await NextAsync(watch);
        var second = await NextAsync(watch);

        Assert.Equal((two, PlacementState.Arrived), (first.Placement.Id, first.Placement.State));
        Assert.Equal((one, PlacementState.Left), (second.Placement.Id, second.Placement.State));
        Assert.Equal(Event.SnapshotEnd, (await NextAsync(watch)).EventCase);
    }

    [Fact]
    public async Task A_placement_that_leaves_the_filter_is_told_as_removed()
    {
        var filter = new PlacementFilter { States = { PlacementState.Arrived } };
        using var watch = _node.Placements.WatchPlacements(new WatchPlacementsRequest { Filter = filter });
        Assert.Equal(Event.SnapshotEnd, (await NextAsync(watch)).EventCase);

        var id = await RecordAsync("", PlacementEventType.Arrived, 1);
        Assert.Equal(id, (await NextAsync(watch)).Placement.Id);
        await RecordAsync(id, PlacementEventType.Started, 2);

        Assert.Equal(id, (await NextAsync(watch)).Removed.Id);
    }

    [Fact]
    public async Task A_placement_of_somebody_else_is_not_told_at_all()
    {
        var filter = new PlacementFilter { WorkerId = Worker, States = { PlacementState.Working } };
        using var watch = _node.Placements.WatchPlacements(new WatchPlacementsRequest { Filter = filter });
        Assert.Equal(Event.SnapshotEnd, (await NextAsync(watch)).EventCase);

        await RecordAsync("", PlacementEventType.Arrived, 1, Guid.CreateVersion7().ToString());
        var own = await RecordAsync("", PlacementEventType.Started, 2);

        Assert.Equal(own, (await NextAsync(watch)).Placement.Id);
    }

    private async Task<string> RecordAsync(
        string placement, PlacementEventType type, int day, string? worker = null)
    {
        var response = await _node.Placements.RecordPlacementEventAsync(new RecordPlacementEventRequest
        {
            Event = new PlacementEvent
            {
                PlacementId = placement,
                WorkerId = worker ?? Worker,
                VacancyId = Vacancy,
                SendingNode = "zhaotong",
                ReceivingNode = "dongguan",
                Type = type,
                HappenedDate = new Google.Type.Date { Year = 2026, Month = 3, Day = day },
            },
        });
        return response.Placement.Id;
    }

    private static async Task<WatchPlacementsResponse> NextAsync(
        AsyncServerStreamingCall<WatchPlacementsResponse> watch)
    {
        do
        {
            Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None));
        }
        while (watch.ResponseStream.Current.EventCase == Event.Bookmark);

        return watch.ResponseStream.Current;
    }
}
