using Exchange.Node.Tests.Agreements;
using Exchange.Testing;
using Exchange.V1;
using Grpc.Core;
using Xunit;

namespace Exchange.Node.Tests.Sync.Hubs;

/// <summary>Three whole nodes under agreements that all have signed: what operators ask, and are told.</summary>
public sealed class ThreeNodesTests : IAsyncLifetime
{
    private HubNodes _nodes = null!;

    public async Task InitializeAsync() => _nodes = await HubNodes.StartAsync();

    public async Task DisposeAsync() => await _nodes.DisposeAsync();

    [Fact]
    public async Task Hub_and_home_both_tell_who_saw_a_worker_and_an_erasure_waits_for_both_confirmations()
    {
        var id = await _nodes.ReferWorkerAsync();
        await _nodes.SyncUpwardAsync();
        await _nodes.SyncOnwardAsync();
        await _nodes.SyncUpwardAsync();

        var atHub = await WhoSawAsync(_nodes.Hub, id);
        var atHome = await WhoSawAsync(_nodes.Region, id);

        var passed = Assert.Single(atHub.Partners);
        Assert.Equal((0u, 2u, SampleAgreements.Town), (atHub.RecordCount, atHub.PassedOnCount, passed.Node));
        Assert.Contains(passed.Views.Single(view => view.Kind == "worker").Fields, field => field.Path == "name");
        Assert.All(passed.Views, view => Assert.True(Assert.Single(view.Records).Confirmed));
        Assert.Equal(
            [(SampleAgreements.Hub, ""), (SampleAgreements.Town, SampleAgreements.Hub)],
            atHome.Partners.Select(partner => (partner.Node, partner.PassedOnBy)));
        Assert.All(atHome.Partners[1].Views, view => Assert.Equal(
            ("yunnan-dongguan", "city:1", true),
            (view.AgreementId, view.Projection, Assert.Single(view.Records).Confirmed)));

        await EraseAsync(id);
        await _nodes.SyncUpwardAsync();
        Assert.False((await ErasureAsync(id)).Complete);
        await _nodes.SyncOnwardAsync();
        await _nodes.SyncUpwardAsync();

        var erasure = await ErasureAsync(id);
        Assert.True(erasure.Complete);
        Assert.Equal(
            [(SampleAgreements.Hub, "", 2u), (SampleAgreements.Town, SampleAgreements.Hub, 2u)],
            erasure.Partners.Select(partner => (partner.Node, partner.PassedOnBy, partner.AcknowledgedCount)));
        var workers = await _nodes.City.Records.ListRecordsAsync(new ListRecordsRequest { Kind = "worker" });
        Assert.Empty(workers.Records);
    }

    [Fact]
    public async Task The_hub_asks_the_city_what_it_holds_of_what_was_passed_on()
    {
        var id = await _nodes.ReferWorkerAsync();
        await _nodes.SyncUpwardAsync();
        await _nodes.SyncOnwardAsync();

        var answer = await new DisclosureService.DisclosureServiceClient(_nodes.Hub.Channel).WhoSawAsync(
            new WhoSawRequest { SubjectId = id, IncludePartners = true });

        Assert.All(
            answer.Partners[0].Views.SelectMany(view => view.Records),
            record => Assert.Equal((HoldingState.Held, true), (record.Holding.State, record.AsRegistered)));
    }

    [Fact]
    public async Task Every_view_is_listed_in_pages_and_a_foreign_token_is_refused()
    {
        var id = await _nodes.ReferWorkerAsync();
        await _nodes.SyncUpwardAsync();
        var client = new DisclosureService.DisclosureServiceClient(_nodes.Region.Channel);

        var first = await client.ListDisclosuresAsync(new ListDisclosuresRequest { SubjectId = id, PageSize = 1 });
        var second = await client.ListDisclosuresAsync(
            new ListDisclosuresRequest { SubjectId = id, PageSize = 1, PageToken = first.NextPageToken });
        var error = await Assert.ThrowsAsync<RpcException>(async () => await client.ListDisclosuresAsync(
            new ListDisclosuresRequest { SubjectId = Guid.NewGuid().ToString(), PageToken = first.NextPageToken }));

        Assert.Equal(
            ["placement_event", "worker"],
            first.Disclosures.Concat(second.Disclosures).Select(given => given.Kind));
        Assert.Equal("ERROR_REASON_PAGE_TOKEN_INVALID", error.Reason());
    }

    [Fact]
    public async Task Somebody_whom_the_hub_passed_on_to_nobody_is_not_found_there()
    {
        var id = await _nodes.ReferWorkerAsync();
        await _nodes.SyncUpwardAsync();

        var error = await Assert.ThrowsAsync<RpcException>(() => WhoSawAsync(_nodes.Hub, id));

        Assert.Equal("ERROR_REASON_RECORD_NOT_FOUND", error.Reason());
    }

    private static async Task<WhoSawResponse> WhoSawAsync(TestNode node, string id) =>
        await new DisclosureService.DisclosureServiceClient(node.Channel).WhoSawAsync(
            new WhoSawRequest { SubjectId = id });

    private async Task EraseAsync(string id) =>
        await new SubjectService.SubjectServiceClient(_nodes.Region.Channel).EraseSubjectAsync(
            new EraseSubjectRequest { SubjectId = id, Reason = "request" });

    private async Task<Erasure> ErasureAsync(string id) =>
        (await new SubjectService.SubjectServiceClient(_nodes.Region.Channel).GetErasureAsync(
            new GetErasureRequest { SubjectId = id })).Erasure;
}
