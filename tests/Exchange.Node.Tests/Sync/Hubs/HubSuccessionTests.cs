using Exchange.Node.Agreements;
using Exchange.Node.Hosting;
using Exchange.Node.Records;
using Exchange.Node.Tests.Agreements;
using Exchange.Testing;
using Exchange.V1;
using Google.Type;
using Xunit;

namespace Exchange.Node.Tests.Sync.Hubs;

/// <summary>
/// A hub whose city is succeeded by another node: four whole nodes. What the prefecture takes back reaches the old city
/// and the new one, and is complete once both have confirmed.
/// </summary>
public sealed class HubSuccessionTests : IAsyncLifetime
{
    private const string Successor = "greater-bay";

    private HubNodes _nodes = null!;
    private TestNode _successor = null!;

    public async Task InitializeAsync()
    {
        _nodes = await HubNodes.StartAsync();
        _successor = await TestNode.StartAsync(
            Successor,
            _nodes.Time,
            new NodeInitPeer(SampleAgreements.Hub, _nodes.Hub.Address.ToString(), "nightly"));
    }

    public async Task DisposeAsync()
    {
        await _successor.DisposeAsync();
        await _nodes.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_hub_passes_an_erasure_on_to_the_old_city_and_to_its_successor_and_collects_both(bool wasTakenBack)
    {
        var id = await _nodes.ReferWorkerAsync();
        await _nodes.SyncUpwardAsync();
        await _nodes.SyncOnwardAsync();
        await SucceedAsync();
        if (wasTakenBack)
        {
            await _nodes.SyncOnwardAsync();
            Assert.Empty(await WorkersAsync(_nodes.City));
        }

        await SyncSuccessorAsync();
        await _nodes.SyncUpwardAsync();
        var given = Assert.Single(await WorkersAsync(_successor));
        Assert.Equal((id, SampleAgreements.Region), (given.Id, given.HomeNode));
        Assert.Equal("张**", given.Payload.Unpack<Worker>().Name);
        var saw = await new DisclosureService.DisclosureServiceClient(_nodes.Region.Channel).WhoSawAsync(
            new WhoSawRequest { SubjectId = id });
        Assert.Equal(
            [(SampleAgreements.Hub, ""), (SampleAgreements.Town, SampleAgreements.Hub), (Successor, SampleAgreements.Hub)],
            saw.Partners.Select(partner => (partner.Node, partner.PassedOnBy)));

        await new SubjectService.SubjectServiceClient(_nodes.Region.Channel).EraseSubjectAsync(
            new EraseSubjectRequest { SubjectId = id, Reason = "request" });
        await _nodes.SyncUpwardAsync();
        Assert.False((await ErasureAsync(id)).Complete);
        await SyncSuccessorAsync();
        await _nodes.SyncUpwardAsync();
        Assert.Empty(await WorkersAsync(_successor));
        Assert.Equal(wasTakenBack, (await ErasureAsync(id)).Complete);

        if (!wasTakenBack)
        {
            await _nodes.SyncOnwardAsync();
            await _nodes.SyncUpwardAsync();
            Assert.Empty(await WorkersAsync(_nodes.City));
        }

        var erasure = await ErasureAsync(id);
        Assert.True(erasure.Complete);
        Assert.Equal(
            (SampleAgreements.Hub, 2u),
            erasure.Partners.Where(partner => partner.Node == Successor)
                .Select(partner => (partner.PassedOnBy, partner.AcknowledgedCount)).Single());
    }

    [Fact]
    public async Task A_referral_that_still_names_the_old_city_brings_the_worker_to_its_successor()
    {
        await SucceedAsync();
        var id = await _nodes.PutWorkerAsync();
        await _nodes.SyncUpwardAsync();
        await SyncSuccessorAsync();
        Assert.Empty(await WorkersAsync(_successor));

        await _nodes.ReferAsync(id);
        await _nodes.SyncUpwardAsync();
        await SyncSuccessorAsync();

        Assert.Equal(id, Assert.Single(await WorkersAsync(_successor)).Id);
    }

    // The old city's agreement with the hub ends today, and the successor's begins tomorrow, which is then today.
    private async Task SucceedAsync()
    {
        var (today, tomorrow) = (new Date { Year = 2026, Month = 3, Day = 2 }, new Date { Year = 2026, Month = 3, Day = 3 });
        var upward = SampleAgreements.Prefecture();
        upward.Flows[0].MayPassOnTo.Add(Successor);
        upward.Flows[1].PassesOnFrom.Add(Successor);
        upward.ValidFromDate = today;
        await HubNodes.AgreeAsync(_nodes.Region, _nodes.Hub, upward);
        var ending = await _nodes.Hub.Agreements.EndAgreementAsync(new EndAgreementRequest
        {
            Id = SampleAgreements.HubCity().Id,
            LastDate = today,
            Heir = new AgreementHeir { ByNode = Successor },
        });
        var (hub, city) = (await HubNodes.CardAsync(_nodes.Hub), await HubNodes.CardAsync(_nodes.City));
        var accepted = await HubNodes.AcceptAsync(_nodes.City, ending.Entry.Signed, hub);
        await HubNodes.AcceptAsync(_nodes.Hub, accepted.Entry.Signed, city);
        await HubNodes.AgreeAsync(_nodes.Hub, _successor, Terms(tomorrow));
        _nodes.Time.SetUtcNow(_nodes.Time.GetUtcNow().AddDays(1));
    }

    private static Agreement Terms(Date from)
    {
        var kinds = new RecordKinds();
        var there = AgreementProfiles.ToCity(SampleAgreements.Hub, Successor, kinds);
        var back = AgreementProfiles.FromCity(Successor, SampleAgreements.Hub, kinds);
        there.PassesOnFrom.Add(SampleAgreements.Region);
        back.MayPassOnTo.Add(SampleAgreements.Region);
        back.Kinds.Single(kind => kind.Kind == "placement_event").Gate = Gate.All;
        return new Agreement
        {
            Id = "yunnan-greater-bay",
            Parties =
            {
                new AgreementParty { Node = SampleAgreements.Hub }, new AgreementParty { Node = Successor },
            },
            Flows = { there, back },
            ValidFromDate = from,
            Successions =
            {
                new AgreementSuccession
                {
                    ByNode = Successor,
                    Node = SampleAgreements.Town,
                    AgreementId = SampleAgreements.HubCity().Id,
                },
            },
        };
    }

    private Task SyncSuccessorAsync() => HubNodes.SyncAsync(_successor, SampleAgreements.Hub);

    private async Task<Erasure> ErasureAsync(string id) =>
        (await new SubjectService.SubjectServiceClient(_nodes.Region.Channel).GetErasureAsync(
            new GetErasureRequest { SubjectId = id })).Erasure;

    private static async Task<IReadOnlyList<V1.Record>> WorkersAsync(TestNode node) =>
        (await node.Records.ListRecordsAsync(new ListRecordsRequest { Kind = "worker" })).Records;
}
