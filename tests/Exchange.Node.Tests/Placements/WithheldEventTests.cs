using Exchange.Node.Placements;
using Exchange.Node.Records;
using Exchange.Store;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Type = Exchange.V1.PlacementEventType;

namespace Exchange.Node.Tests.Placements;

/// <summary>Events that were frozen or erased have no content, and still belong to their placement.</summary>
public sealed class WithheldEventTests : IAsyncLifetime
{
    private TestNode _node = null!;

    public async Task InitializeAsync() => _node = await TestNode.StartAsync("zhaotong");

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Theory]
    [InlineData(RecordState.Frozen)]
    [InlineData(RecordState.Erased)]
    public async Task A_withheld_event_stays_in_the_list_and_makes_no_state(RecordState state)
    {
        var referred = await RecordAsync(Type.Referred, day: 2);
        var departed = await RecordAsync(Type.Departed, day: 5, referred.Placement.Id);

        await WithholdAsync(departed.EventId, state);
        var placement = (await _node.Placements.GetPlacementAsync(
            new GetPlacementRequest { Id = referred.Placement.Id })).Placement;

        Assert.Equal((PlacementState.Referred, false), (placement.State, placement.Disputed));
        var withheld = Assert.Single(placement.Events, entry => entry.Withheld);
        Assert.Equal((departed.EventId, "zhaotong"), (withheld.Id, withheld.HomeNode));
        Assert.Equal(
            new PlacementEvent { PlacementId = placement.Id, WorkerId = Story.Worker }, withheld.Event);
    }

    [Fact]
    public async Task A_placement_whose_events_are_all_withheld_is_still_listed_and_watched()
    {
        var referred = await RecordAsync(Type.Referred, day: 2);

        await WithholdAsync(referred.EventId, RecordState.Frozen);
        var listed = Assert.Single(
            (await _node.Placements.ListPlacementsAsync(new ListPlacementsRequest())).Placements);
        using var watch = _node.Placements.WatchPlacements(new WatchPlacementsRequest());
        await watch.ResponseStream.MoveNext(CancellationToken.None);

        Assert.Equal(
            (referred.Placement.Id, Story.Worker, PlacementState.Unspecified),
            (listed.Id, listed.WorkerId, listed.State));
        Assert.Equal(listed, watch.ResponseStream.Current.Placement);
    }

    private async Task<RecordPlacementEventResponse> RecordAsync(Type type, int day, string placement = "") =>
        await _node.Placements.RecordPlacementEventAsync(new RecordPlacementEventRequest
        {
            Event = new PlacementEvent
            {
                PlacementId = placement,
                WorkerId = Story.Worker,
                VacancyId = Story.Vacancy,
                SendingNode = "zhaotong",
                ReceivingNode = "dongguan",
                Type = type,
                HappenedDate = new Google.Type.Date { Year = 2026, Month = 3, Day = day },
            },
        });

    // As a partner's frozen copy arrives, or as an erasure leaves it: envelope and keys, no payload.
    private async Task WithholdAsync(string eventId, RecordState state)
    {
        var store = _node.Services.GetRequiredService<IRecordStore>();
        var codec = _node.Services.GetRequiredService<RecordCodec>();
        var key = new RecordKey(PlacementEventKind.KindName, Guid.Parse(eventId));
        var stored = (await store.GetAsync(key, CancellationToken.None))!;
        var record = codec.Decode(stored);
        record.State = state;
        record.Payload = null;
        record.PayloadHash = ByteString.Empty;
        var encoded = codec.Encode(key, record, item: []);
        var put = new RecordPut
        {
            Key = key,
            Envelope = encoded.Envelope,
            Payload = encoded.Payload,
            Keys = stored.Keys,
            Expect = Expectation.At(stored.Version),
        };
        await store.CommitAsync(new Commit { Puts = [put] }, CancellationToken.None);
    }
}
