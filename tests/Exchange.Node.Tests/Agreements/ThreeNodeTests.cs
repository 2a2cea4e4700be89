using Exchange.Node.Agreements;
using Exchange.Node.Hosting;
using Exchange.Node.Records;
using Exchange.Testing;
using Exchange.V1;
using Google.Type;
using Xunit;

namespace Exchange.Node.Tests.Agreements;

/// <summary>A region, a town, and a node that is to take the town's place: whole nodes over real sockets.</summary>
public abstract class ThreeNodeTests : IAsyncLifetime
{
    private protected const string Successor = "greater-bay";

    private protected AgreedNodes Nodes { get; private set; } = null!;

    private protected TestNode SuccessorNode { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Nodes = await AgreedNodes.StartAgreedAsync();
        SuccessorNode = await TestNode.StartAsync(
            Successor,
            Nodes.Time,
            new NodeInitPeer(SampleAgreements.Region, Nodes.Region.Address.ToString(), "nightly"),
            new NodeInitPeer(SampleAgreements.Town, Nodes.Town.Address.ToString(), "nightly"));
    }

    public async Task DisposeAsync()
    {
        await SuccessorNode.DisposeAsync();
        await Nodes.DisposeAsync();
    }

    private protected static Agreement Terms()
    {
        var kinds = new RecordKinds();
        return new Agreement
        {
            Id = "zhaotong-greater-bay",
            Parties = { new AgreementParty { Node = SampleAgreements.Region }, new AgreementParty { Node = Successor } },
            Flows =
            {
                AgreementProfiles.ToCity(SampleAgreements.Region, Successor, kinds),
                AgreementProfiles.FromCity(Successor, SampleAgreements.Region, kinds),
            },
            ValidFromDate = new Date { Year = 2026, Month = 3, Day = 3 },
            Successions =
            {
                new AgreementSuccession
                {
                    ByNode = Successor,
                    Node = SampleAgreements.Town,
                    AgreementId = "zhaotong-dongguan",
                },
            },
        };
    }

    private protected async Task EndAsync(string? heir = null)
    {
        var end = new EndAgreementRequest
        {
            Id = "zhaotong-dongguan",
            LastDate = new Date { Year = 2026, Month = 3, Day = 2 },
            Heir = heir is null ? null : new AgreementHeir { ByNode = heir },
        };
        var ending = (await Nodes.Region.Agreements.EndAgreementAsync(end)).Entry.Signed;
        await Nodes.AcceptAsync(Nodes.Region, (await Nodes.AcceptAsync(Nodes.Town, ending)).Signed);
    }

    private protected Task<AgreementEntry> SucceedAsync(Agreement terms) => AgreeAsync(Nodes.Region, SuccessorNode, terms);

    private protected static async Task<AgreementEntry> AgreeAsync(TestNode one, TestNode another, Agreement terms)
    {
        var (home, other) = (await SelfAsync(one), await SelfAsync(another));
        var proposed = await one.Agreements.ProposeAgreementAsync(new ProposeAgreementRequest
        {
            Agreement = terms,
            PartnerCard = new AgreementParty { Node = other.Id, Name = other.Name, PublicKey = other.PublicKey },
            PartnerFingerprint = KeyFingerprint.Of(other.PublicKey.Span),
        });
        var accepted = await another.Agreements.AcceptAgreementAsync(new AcceptAgreementRequest
        {
            Signed = proposed.Entry.Signed,
            PartnerFingerprint = KeyFingerprint.Of(home.PublicKey.Span),
        });
        var taken = await one.Agreements.AcceptAgreementAsync(
            new AcceptAgreementRequest { Signed = accepted.Entry.Signed });
        return taken.Entry;
    }

    private protected Task<SyncNowResponse> SyncSuccessorAsync() => SyncAsync(SampleAgreements.Region);

    private protected async Task<SyncNowResponse> SyncAsync(string peer) => await SuccessorNode.Node.SyncNowAsync(
        new SyncNowRequest { Peer = peer },
        deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(60));

    private protected static async Task<PeerStatus> PeerAsync(TestNode node) =>
        (await node.Node.ListPeersAsync(new ListPeersRequest())).Peers
            .Single(peer => peer.Node == SampleAgreements.Region);

    private protected static async Task<IReadOnlyList<Placement>> PlacementsAsync(TestNode node) =>
        (await node.Placements.ListPlacementsAsync(new ListPlacementsRequest())).Placements;

    private static async Task<V1.Node> SelfAsync(TestNode node) =>
        (await node.Node.GetNodeAsync(new GetNodeRequest())).Node;

    private protected static async Task<IReadOnlyList<V1.Record>> WorkersAsync(TestNode node) =>
        (await node.Records.ListRecordsAsync(new ListRecordsRequest { Kind = "worker" })).Records;
}
