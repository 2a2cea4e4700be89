using Exchange.Node.Agreements;
using Exchange.Node.Hosting;
using Exchange.Node.Sync;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.DependencyInjection;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Tests.Agreements;

/// <summary>
/// Two whole nodes over a real socket with a clock of the test's: the region, which sends workers and calls, and the town.
/// </summary>
internal sealed class AgreedNodes : IAsyncDisposable
{
    private readonly bool _live;

    private AgreedNodes(ManualTime time, TestNode region, TestNode town, string mode)
    {
        _live = mode == "live";
        Time = time;
        Region = region;
        Town = town;
    }

    public ManualTime Time { get; }

    /// <summary>Sends workers, and calls.</summary>
    public TestNode Region { get; private set; }

    public TestNode Town { get; private set; }

    /// <summary>The same hour of the next day. No timer fires: the night's own session would be in the way.</summary>
    public void NextDay() => Time.SetUtcNow(Time.GetUtcNow().AddDays(1));

    /// <summary>Starts both; nothing is agreed yet.</summary>
    /// <param name="address">Where the region calls the town; null for the town's own address.</param>
    /// <param name="mode">How the region calls.</param>
    public static async Task<AgreedNodes> StartAsync(string? address = null, string mode = "nightly")
    {
        var time = new ManualTime();
        var town = await TestNode.StartAsync(
            SampleAgreements.Town, time, new NodeInitPeer(SampleAgreements.Region, null, "passive"));
        var line = new NodeInitPeer(SampleAgreements.Town, address ?? town.Address.ToString(), mode);
        return new AgreedNodes(time, await TestNode.StartAsync(SampleAgreements.Region, time, line), town, mode);
    }

    /// <summary>Starts both, which have signed the city profile.</summary>
    public static async Task<AgreedNodes> StartAgreedAsync(string? address = null, string mode = "nightly")
    {
        var nodes = await StartAsync(address, mode);
        await nodes.AgreeAsync(SampleAgreements.Draft());
        return nodes;
    }

    /// <summary>Stops the region and starts it again; a test may lay hands on its files meanwhile.</summary>
    public async Task RestartRegionAsync(
        Action<DataDirectory>? whileStopped = null, ProtocolVersions? protocol = null) =>
        Region = await Region.RestartAsync(whileStopped, protocol);

    /// <summary>The same with the town, and with the region, which learns the town's new address.</summary>
    public async Task RestartTownAsync(
        Action<DataDirectory>? whileStopped = null, ProtocolVersions? protocol = null)
    {
        var old = Town.Address.ToString();
        Town = await Town.RestartAsync(whileStopped, protocol);
        await RestartRegionAsync(data => File.WriteAllText(
            data.ConfigFile,
            File.ReadAllText(data.ConfigFile).Replace(old, Town.Address.ToString(), StringComparison.Ordinal)));
    }

    /// <summary>Gives the town the region's address, so that it calls as well.</summary>
    public async Task CallFromTownAsync() => Town = await Town.RestartAsync(data => File.WriteAllText(
        data.ConfigFile,
        File.ReadAllText(data.ConfigFile).Replace(
            "\"Mode\": \"passive\"",
            $"\"Mode\": \"nightly\", \"Address\": \"{Region.Address}\"",
            StringComparison.Ordinal)));

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

    /// <summary>A session, called by the region. A test on a loaded machine may be slow, but never hangs.</summary>
    public Task<SyncNowResponse> SyncAsync() => SyncAsync(verify: false);

    /// <summary>
    /// The same, with digests counted anew if that is asked for. The town ends its session a moment after the region, and what
    /// comes next may be refused until then.
    /// </summary>
    public async Task<SyncNowResponse> SyncAsync(bool verify)
    {
        var patience = TimeSpan.FromSeconds(60);
        var answer = await Region.Node.SyncNowAsync(
            new SyncNowRequest { Peer = SampleAgreements.Town, Verify = verify },
            deadline: TimeProvider.System.GetUtcNow().UtcDateTime + patience);
        if (!_live)
        {
            var ending = Town.Services.GetRequiredService<SyncSessions>().IdleAsync(SampleAgreements.Region, default);
            await ending.WaitAsync(patience, TimeProvider.System);
        }

        return answer;
    }

    /// <summary>Puts a worker; returns its id.</summary>
    public async Task<string> PutWorkerAsync(string idNumber = "998801199001010014")
    {
        var worker = new Worker { Name = "张小明", IdNumber = idNumber, Phone = "13812345634" };
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
        return answer.Answers[0].Id;
    }

    /// <summary>Puts a worker, unless it is there, and refers it to the town; returns its id.</summary>
    public async Task<string> ReferWorkerAsync(string idNumber = "998801199001010014")
    {
        var id = await PutWorkerAsync(idNumber);
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
}
