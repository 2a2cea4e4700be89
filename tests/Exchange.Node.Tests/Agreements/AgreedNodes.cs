using Exchange.Node.Agreements;
using Exchange.Node.Hosting;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Tests.Agreements;

/// <summary>Two whole nodes over a real socket with a clock of the test's, and no agreement yet.</summary>
internal sealed class AgreedNodes : IAsyncDisposable
{
    private AgreedNodes(ManualTime time, TestNode region, TestNode town)
    {
        Time = time;
        Region = region;
        Town = town;
    }

    public ManualTime Time { get; }

    /// <summary>Sends workers, and calls.</summary>
    public TestNode Region { get; }

    public TestNode Town { get; }

    /// <summary>The same hour of the next day. No timer fires: the night's own session would be in the way.</summary>
    public void NextDay() => Time.SetUtcNow(Time.GetUtcNow().AddDays(1));

    public static async Task<AgreedNodes> StartAsync()
    {
        var time = new ManualTime();
        var town = await TestNode.StartAsync(SampleAgreements.Town, time, Line(SampleAgreements.Region, null, "passive"));
        var region = await TestNode.StartAsync(
            SampleAgreements.Region, time, Line(SampleAgreements.Town, town.Address.ToString(), "nightly"));
        return new AgreedNodes(time, region, town);
    }

    /// <summary>Proposes at the region, with the town's card and fingerprint.</summary>
    public async Task<AgreementEntry> ProposeAsync(Agreement draft)
    {
        var town = (await Town.Node.GetNodeAsync(new GetNodeRequest())).Node;
        var answer = await Region.Agreements.ProposeAgreementAsync(new ProposeAgreementRequest
        {
            Agreement = draft,
            PartnerCard = new AgreementParty { Node = town.Id, Name = town.Name, PublicKey = town.PublicKey },
            PartnerFingerprint = KeyFingerprint.Of(town.PublicKey.Span),
        });
        return answer.Entry;
    }

    /// <summary>Accepts at a node, with the fingerprint of the other.</summary>
    public async Task<AgreementEntry> AcceptAsync(TestNode at, SignedAgreement signed)
    {
        var other = at == Town ? Region : Town;
        var key = (await other.Node.GetNodeAsync(new GetNodeRequest())).Node.PublicKey;
        var answer = await at.Agreements.AcceptAgreementAsync(new AcceptAgreementRequest
        {
            Signed = signed,
            PartnerFingerprint = KeyFingerprint.Of(key.Span),
        });
        return answer.Entry;
    }

    /// <summary>Goes the whole way: proposed by the region, accepted by the town, taken back.</summary>
    public async Task AgreeAsync(Agreement draft) =>
        await AcceptAsync(Region, (await AcceptAsync(Town, (await ProposeAsync(draft)).Signed)).Signed);

    public async Task<SyncNowResponse> SyncAsync() =>
        await Region.Node.SyncNowAsync(new SyncNowRequest { Peer = SampleAgreements.Town });

    /// <summary>Puts a worker and refers it to the town; returns its id.</summary>
    public async Task<string> ReferWorkerAsync()
    {
        var worker = new Worker { Name = "张小明", IdNumber = "998801199001010014", Phone = "13812345634" };
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
                        Payload = Any.Pack(worker),
                    },
                },
            },
        });
        var id = answer.Answers[0].Id;
        await Region.Placements.RecordPlacementEventAsync(new RecordPlacementEventRequest
        {
            Event = new PlacementEvent
            {
                WorkerId = id,
                VacancyId = Guid.CreateVersion7(Time.GetUtcNow()).ToString(),
                SendingNode = SampleAgreements.Region,
                ReceivingNode = SampleAgreements.Town,
                Type = PlacementEventType.Referred,
                HappenedDate = new Google.Type.Date { Year = 2026, Month = 3, Day = 2 },
            },
        });
        return id;
    }

    /// <summary>The one worker as the town holds it.</summary>
    public async Task<Worker> WorkerInTownAsync()
    {
        var workers = await Town.Records.ListRecordsAsync(new ListRecordsRequest { Kind = "worker" });
        return workers.Records.Single().Payload.Unpack<Worker>();
    }

    public async ValueTask DisposeAsync()
    {
        await Region.DisposeAsync();
        await Town.DisposeAsync();
    }

    private static NodeInitPeer Line(string node, string? address, string mode) => new(node, address, null, null, mode);
}
