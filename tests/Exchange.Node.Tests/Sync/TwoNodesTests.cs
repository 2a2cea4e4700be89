using Exchange.Node.Tests.Agreements;
using Exchange.Node.Tests.Services;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Xunit;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Tests.Sync;

/// <summary>Two whole nodes over a real socket under the city profile.</summary>
public sealed class TwoNodesTests : IAsyncLifetime
{
    private AgreedNodes _nodes = null!;

    public async Task InitializeAsync() => _nodes = await AgreedNodes.StartAgreedAsync();

    public async Task DisposeAsync() => await _nodes.DisposeAsync();

    [Fact]
    public async Task Vacancies_come_and_only_a_referred_worker_goes_masked()
    {
        var (_, answers) = await _nodes.Town.PublishAsync(VacancySamples.Item(1, "a", VacancySamples.Sample()));
        var referred = await PutWorkerAsync("张小明", "998801199001010014");
        await PutWorkerAsync("李小红", "998801199001010030");

        var first = await _nodes.SyncAsync();
        await ReferAsync(referred, answers[0].Id);
        var second = await _nodes.SyncAsync();

        Assert.Equal((0ul, 1ul), (first.SentCount, first.ReceivedCount));
        Assert.True(first.DigestsMatch);
        Assert.Equal(2ul, second.SentCount);
        Assert.True(second.DigestsMatch);
        var workers = await _nodes.Town.Records.ListRecordsAsync(new ListRecordsRequest { Kind = "worker" });
        var masked = Assert.Single(workers.Records).Payload.Unpack<Worker>();
        Assert.Equal(("张**", "998***********0014"), (masked.Name, masked.IdNumber));
        Assert.Equal(referred, workers.Records[0].Id);
    }

    [Fact]
    public async Task A_confirmation_from_the_city_reaches_the_sending_side()
    {
        var (_, answers) = await _nodes.Town.PublishAsync(VacancySamples.Item(1, "job-17", VacancySamples.Sample()));
        var worker = await PutWorkerAsync("张小明", "998801199001010014");
        await _nodes.SyncAsync();
        var placement = await ReferAsync(worker, answers[0].Id);
        await _nodes.SyncAsync();

        var started = Event(worker, answers[0].Id, PlacementEventType.Started, day: 2);
        started.PlacementId = placement;
        await _nodes.Town.Placements.RecordPlacementEventAsync(new RecordPlacementEventRequest { Event = started });
        await _nodes.SyncAsync();

        var here = await _nodes.Region.Placements.GetPlacementAsync(new GetPlacementRequest { Id = placement });
        var there = await _nodes.Town.Placements.GetPlacementAsync(new GetPlacementRequest { Id = placement });
        Assert.Equal(PlacementState.Working, here.Placement.State);
        Assert.Equal(here.Placement, there.Placement);
        Assert.Equal("job-17", here.Placement.VacancySourceId);
    }

    [Fact]
    public async Task An_empty_sync_sends_nothing_and_the_peers_are_listed_as_current()
    {
        await _nodes.Town.PublishAsync(VacancySamples.Item(1, "a", VacancySamples.Sample()));
        await _nodes.SyncAsync();

        var again = await _nodes.SyncAsync();
        var peers = await _nodes.Region.Node.ListPeersAsync(new ListPeersRequest());

        Assert.Equal((0ul, 0ul), (again.SentCount, again.ReceivedCount));
        var peer = Assert.Single(peers.Peers);
        Assert.Equal(("dongguan", true, 2ul, ""), (peer.Node, peer.DigestsMatch, peer.SessionCount, peer.LastError));
    }

    [Fact]
    public async Task A_replicated_vacancy_is_refused_to_local_writers()
    {
        var (_, answers) = await _nodes.Town.PublishAsync(VacancySamples.Item(1, "a", VacancySamples.Sample()));
        await _nodes.SyncAsync();

        var item = new PutRecordItem
        {
            Record = new Record { Kind = "vacancy", Id = answers[0].Id, Payload = Any.Pack(VacancySamples.Sample("别的")) },
        };
        var answer = await _nodes.Region.Records.BatchPutRecordsAsync(new BatchPutRecordsRequest { Items = { item } });

        Assert.Equal("ERROR_REASON_NOT_HOME_NODE", answer.Answers[0].Error.Reason());
    }

    [Fact]
    public async Task Syncing_with_a_node_that_is_no_partner_is_refused()
    {
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
            await _nodes.Region.Node.SyncNowAsync(new SyncNowRequest { Peer = "shanghai" }));

        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
    }

    private async Task<string> PutWorkerAsync(string name, string idNumber)
    {
        var item = new PutRecordItem
        {
            Record = new Record
            {
                Kind = "worker",
                LegalBasis = new LegalBasis { Kind = LegalBasisKind.StatutoryDuty },
                Payload = Any.Pack(new Worker { Name = name, IdNumber = idNumber }),
            },
        };
        var response = await _nodes.Region.Records.BatchPutRecordsAsync(new BatchPutRecordsRequest { Items = { item } });
        Assert.Null(response.Answers[0].Error);
        return response.Answers[0].Id;
    }

    private async Task<string> ReferAsync(string worker, string vacancy)
    {
        var response = await _nodes.Region.Placements.RecordPlacementEventAsync(new RecordPlacementEventRequest
        {
            Event = Event(worker, vacancy, PlacementEventType.Referred, day: 1),
        });
        return response.Placement.Id;
    }

    private static PlacementEvent Event(string worker, string vacancy, PlacementEventType type, int day) => new()
    {
        WorkerId = worker,
        VacancyId = vacancy,
        SendingNode = "zhaotong",
        ReceivingNode = "dongguan",
        Type = type,
        HappenedDate = new Google.Type.Date { Year = 2026, Month = 3, Day = day },
    };
}
