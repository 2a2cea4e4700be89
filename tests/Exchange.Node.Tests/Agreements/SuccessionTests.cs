using Exchange.Node.Agreements;
using Exchange.Node.Records;
using Exchange.Testing;
using Exchange.V1;
using Google.Type;
using Xunit;

namespace Exchange.Node.Tests.Agreements;

/// <summary>A partner whose place another takes, with three whole nodes over real sockets.</summary>
public sealed class SuccessionTests : ThreeNodeTests
{
    [Fact]
    public async Task What_the_old_node_held_is_taken_back_and_the_new_one_is_given_it()
    {
        var worker = await Nodes.ReferWorkerAsync();
        await Nodes.SyncAsync();
        await EndAsync();
        var signed = await SucceedAsync(Terms());
        Assert.Equal(SampleAgreements.Town, Assert.Single(signed.Agreement.Successions).Node);
        Nodes.NextDay();

        await Nodes.SyncAsync();
        var given = await SyncSuccessorAsync();

        Assert.Equal((2ul, true), (given.ReceivedCount, given.DigestsMatch));
        Assert.Equal(worker, Assert.Single(await WorkersAsync(SuccessorNode)).Id);
        Assert.Empty(await WorkersAsync(Nodes.Town));
        var saw = await new V1.DisclosureService.DisclosureServiceClient(Nodes.Region.Channel).WhoSawAsync(
            new WhoSawRequest { SubjectId = worker });
        Assert.Equal([SampleAgreements.Town, Successor], saw.Partners.Select(partner => partner.Node).Order());
        Assert.All(saw.Partners, partner => Assert.All(
            partner.Views.SelectMany(view => view.Records),
            record => Assert.Equal(partner.Node == SampleAgreements.Town, record.Withdrawn)));
    }

    [Fact]
    public async Task Without_a_succession_the_new_node_is_given_nobody_who_was_referred_to_the_old_one()
    {
        await Nodes.ReferWorkerAsync();
        await EndAsync();
        var terms = Terms();
        terms.Successions.Clear();
        await SucceedAsync(terms);
        Nodes.NextDay();

        var given = await SyncSuccessorAsync();

        Assert.Equal(0ul, given.ReceivedCount);
    }

    [Fact]
    public async Task The_agreement_before_must_be_held_and_end_the_day_before()
    {
        var tooEarly = await Assert.ThrowsAsync<Grpc.Core.RpcException>(() => SucceedAsync(Terms()));
        await EndAsync();
        var unknown = Terms();
        unknown.Successions[0].AgreementId = "zhaotong-zhongshan";
        var late = Terms();
        late.ValidFromDate.Day++;

        Assert.Contains("must end the day before", tooEarly.Status.Detail, StringComparison.Ordinal);
        foreach (var terms in new[] { unknown, late })
        {
            var error = await Assert.ThrowsAsync<Grpc.Core.RpcException>(() => SucceedAsync(terms));
            Assert.Equal("ERROR_REASON_AGREEMENT_FOREIGN", error.Reason());
        }
    }

    [Fact]
    public void Every_mistake_in_a_succession_is_named()
    {
        var terms = Terms();
        terms.Version = 1;
        terms.Successions[0].ByNode = "shanghai";
        terms.Successions[0].AgreementId = terms.Id;
        terms.Successions.Add(
            new AgreementSuccession { ByNode = Successor, Node = SampleAgreements.Region, AgreementId = "a" });

        Assert.Equal(
            ["successions[0].by_node", "successions[0].agreement_id", "successions[1].node"],
            AgreementRules.Check(terms, new RecordKinds()).Select(violation => violation.Field));
    }

    [Fact]
    public async Task A_next_version_repeats_what_was_succeeded()
    {
        await EndAsync();
        await SucceedAsync(Terms());
        var next = Terms();
        next.Successions.Clear();

        var error = await Assert.ThrowsAsync<Grpc.Core.RpcException>(() => SucceedAsync(next));
        var repeated = await SucceedAsync(Terms());

        Assert.Equal("ERROR_REASON_FIELD_INVALID", error.Reason());
        Assert.Contains("'greater-bay' takes the place of 'dongguan'", error.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(2u, repeated.Agreement.Version);
    }

    [Fact]
    public async Task The_old_node_is_told_who_takes_its_place_and_nobody_else_may()
    {
        await EndAsync(heir: Successor);
        var told = Assert.Single((await Nodes.Town.Node.ListPeersAsync(new ListPeersRequest())).Peers);
        Assert.Equal((SampleAgreements.Town, Successor), (told.Heir.Node, told.Heir.ByNode));
        Assert.Empty(told.Successions);

        await SucceedAsync(Terms());
        Assert.Empty((await PeerAsync(SuccessorNode)).Successions);
        Nodes.NextDay();
        Assert.Equal(SampleAgreements.Town, Assert.Single((await PeerAsync(SuccessorNode)).Successions).Node);
    }

    [Fact]
    public async Task A_succession_by_another_than_the_agreed_heir_is_refused()
    {
        await EndAsync(heir: "shenzhen");

        var error = await Assert.ThrowsAsync<Grpc.Core.RpcException>(() => SucceedAsync(Terms()));

        Assert.Equal("ERROR_REASON_AGREEMENT_FOREIGN", error.Reason());
        Assert.Contains("says that 'shenzhen' takes the place", error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_mistake_in_an_heir_is_named()
    {
        var terms = Terms();
        terms.Version = 1;
        terms.Heir = new AgreementHeir { Node = "shanghai", ByNode = Successor };

        Assert.Equal(
            ["heir.node", "heir.by_node", "heir"],
            AgreementRules.Check(terms, new RecordKinds()).Select(violation => violation.Field));
    }

    [Fact]
    public async Task The_new_node_records_what_happens_in_placements_that_name_the_old_one_from_the_first_day_on()
    {
        var worker = await Nodes.ReferWorkerAsync();
        await Nodes.SyncAsync();
        await EndAsync();
        await SucceedAsync(Terms());
        var placement = Assert.Single(await PlacementsAsync(Nodes.Region)).Id;
        var arrived = new PlacementEvent
        {
            PlacementId = placement,
            WorkerId = worker,
            VacancyId = Guid.CreateVersion7(Nodes.Time.GetUtcNow()).ToString(),
            SendingNode = SampleAgreements.Region,
            ReceivingNode = SampleAgreements.Town,
            Type = PlacementEventType.Arrived,
            HappenedDate = new Date { Year = 2026, Month = 3, Day = 2 },
        };
        var request = new RecordPlacementEventRequest { Event = arrived };
        var early = await Assert.ThrowsAsync<Grpc.Core.RpcException>(
            () => SuccessorNode.Placements.RecordPlacementEventAsync(request).ResponseAsync);
        Nodes.NextDay();

        await SuccessorNode.Placements.RecordPlacementEventAsync(request);
        arrived.Type = PlacementEventType.Referred;
        var referral = await Assert.ThrowsAsync<Grpc.Core.RpcException>(
            () => SuccessorNode.Placements.RecordPlacementEventAsync(request).ResponseAsync);
        var synced = await SyncSuccessorAsync();

        Assert.True(synced.DigestsMatch);
        Assert.All([early, referral], error => Assert.Equal("ERROR_REASON_FIELD_INVALID", error.Reason()));
        var (here, there) = (await PlacementsAsync(Nodes.Region), await PlacementsAsync(SuccessorNode));
        Assert.Equal(PlacementState.Arrived, Assert.Single(here).State);
        Assert.Equal(here, there);
    }

    [Fact]
    public async Task A_referral_that_still_names_the_old_node_brings_the_worker_to_the_new_one()
    {
        await EndAsync();
        await SucceedAsync(Terms());
        Nodes.NextDay();
        await Nodes.PutWorkerAsync();
        var first = await SyncSuccessorAsync();
        var worker = await Nodes.ReferWorkerAsync();

        var second = await SyncSuccessorAsync();

        Assert.Equal((0ul, 2ul), (first.ReceivedCount, second.ReceivedCount));
        Assert.Equal(worker, Assert.Single(await WorkersAsync(SuccessorNode)).Id);
    }
}
