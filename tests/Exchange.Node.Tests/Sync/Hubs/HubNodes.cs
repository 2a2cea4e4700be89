using Exchange.Node.Agreements;
using Exchange.Node.Hosting;
using Exchange.Node.Tests.Agreements;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Tests.Sync.Hubs;

/// <summary>Three whole nodes over real sockets: a prefecture that calls its province, which calls a city.</summary>
internal sealed class HubNodes : IAsyncDisposable
{
    private HubNodes(ManualTime time, TestNode region, TestNode hub, TestNode city) =>
        (Time, Region, Hub, City) = (time, region, hub, city);

    public ManualTime Time { get; }

    public TestNode Region { get; }

    public TestNode Hub { get; }

    public TestNode City { get; }

    public static async Task<HubNodes> StartAsync()
    {
        var time = new ManualTime();
        var city = await TestNode.StartAsync(
            SampleAgreements.Town, time, new NodeInitPeer(SampleAgreements.Hub, null, "passive"));
        var hub = await TestNode.StartAsync(
            SampleAgreements.Hub,
            time,
            new NodeInitPeer(SampleAgreements.Region, null, "passive"),
            new NodeInitPeer(SampleAgreements.Town, city.Address.ToString(), "nightly"));
        var region = await TestNode.StartAsync(
            SampleAgreements.Region, time, new NodeInitPeer(SampleAgreements.Hub, hub.Address.ToString(), "nightly"));
        await AgreeAsync(region, hub, SampleAgreements.Prefecture());
        await AgreeAsync(hub, city, SampleAgreements.HubCity());
        return new HubNodes(time, region, hub, city);
    }

    /// <summary>The prefecture and the hub.</summary>
    public Task SyncUpwardAsync() => SyncAsync(Region, SampleAgreements.Hub);

    /// <summary>The hub and the city.</summary>
    public Task SyncOnwardAsync() => SyncAsync(Hub, SampleAgreements.Town);

    /// <summary>Puts a worker at the prefecture and refers it to the city; returns its id.</summary>
    public async Task<string> ReferWorkerAsync()
    {
        var id = await PutWorkerAsync();
        await ReferAsync(id);
        return id;
    }

    /// <summary>Puts a worker at the prefecture; returns its id.</summary>
    public async Task<string> PutWorkerAsync()
    {
        var answer = await Region.Records.BatchPutRecordsAsync(new BatchPutRecordsRequest
        {
            Items =
            {
                new PutRecordItem
                {
                    Record = new Record
                    {
                        Kind = "worker",
                        LegalBasis = new LegalBasis { Kind = LegalBasisKind.StatutoryDuty },
                        Payload = Any.Pack(new Worker { Name = "张小明", IdNumber = "998801199001010014" }),
                    },
                },
            },
        });
        return answer.Answers[0].Id;
    }

    /// <summary>Refers a worker to the city.</summary>
    public async Task ReferAsync(string worker) =>
        await Region.Placements.RecordPlacementEventAsync(new RecordPlacementEventRequest
        {
            Event = new PlacementEvent
            {
                WorkerId = worker,
                VacancyId = Guid.CreateVersion7().ToString(),
                SendingNode = SampleAgreements.Region,
                ReceivingNode = SampleAgreements.Town,
                Type = PlacementEventType.Referred,
                HappenedDate = new Google.Type.Date { Year = 2026, Month = 3, Day = 2 },
            },
        });

    public async ValueTask DisposeAsync()
    {
        await Region.DisposeAsync();
        await Hub.DisposeAsync();
        await City.DisposeAsync();
    }

    /// <summary>A session that one node calls another for.</summary>
    public static async Task SyncAsync(TestNode caller, string peer)
    {
        var answer = await caller.Node.SyncNowAsync(
            new SyncNowRequest { Peer = peer },
            deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(60));
        Xunit.Assert.True(answer.DigestsMatch);
    }

    /// <summary>Proposed by one, accepted by the other, taken back.</summary>
    public static async Task AgreeAsync(TestNode one, TestNode other, Agreement draft)
    {
        draft.Version = 0;
        foreach (var party in draft.Parties)
        {
            party.Name = "";
        }

        var (ours, theirs) = (await CardAsync(one), await CardAsync(other));
        var proposed = await one.Agreements.ProposeAgreementAsync(new ProposeAgreementRequest
        {
            Agreement = draft,
            PartnerCard = theirs,
            PartnerFingerprint = KeyFingerprint.Of(theirs.PublicKey.Span),
        });
        var accepted = await AcceptAsync(other, proposed.Entry.Signed, ours);
        await AcceptAsync(one, accepted.Entry.Signed, theirs);
    }

    /// <summary>A node's card.</summary>
    public static async Task<AgreementParty> CardAsync(TestNode node)
    {
        var identity = (await node.Node.GetNodeAsync(new GetNodeRequest())).Node;
        return new AgreementParty { Node = identity.Id, Name = identity.Name, PublicKey = identity.PublicKey };
    }

    /// <summary>Accepts at a node what a partner signed.</summary>
    public static async Task<AcceptAgreementResponse> AcceptAsync(
        TestNode at, SignedAgreement signed, AgreementParty partner) =>
        await at.Agreements.AcceptAgreementAsync(new AcceptAgreementRequest
        {
            Signed = signed,
            PartnerFingerprint = KeyFingerprint.Of(partner.PublicKey.Span),
        });
}
