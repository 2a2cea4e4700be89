using Exchange.Node.Tests.Agreements;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Xunit;

namespace Exchange.Node.Tests.Outages;

/// <summary>Planned outages between two whole nodes: told, shown, excused, called off.</summary>
public sealed class OutageServiceTests
{
    [Fact]
    public async Task An_announcement_reaches_the_partner_in_the_next_session_and_so_does_its_end()
    {
        await using var nodes = await AgreedNodes.StartAgreedAsync();
        var outage = await AnnounceAsync(nodes, nodes.Town);
        Assert.Empty((await nodes.Region.Outages.ListOutagesAsync(new ListOutagesRequest())).Outages);

        await nodes.SyncAsync();

        var peer = Assert.Single((await nodes.Region.Node.ListPeersAsync(new ListPeersRequest())).Peers);
        Assert.Equal(outage, Assert.Single(peer.PlannedOutages));
        Assert.True(peer.KeptUntilTime >= (outage.EndTime.ToDateTimeOffset() + TimeSpan.FromDays(400)).ToTimestamp());
        Assert.NotNull(peer.LastHeardTime);

        await nodes.Town.Outages.CancelOutageAsync(new CancelOutageRequest { Id = outage.Id });
        await nodes.SyncAsync();

        Assert.Empty((await nodes.Region.Outages.ListOutagesAsync(new ListOutagesRequest())).Outages);
    }

    [Fact]
    public async Task A_live_session_tells_at_once()
    {
        await using var nodes = await AgreedNodes.StartAgreedAsync(mode: "live");
        await UntilAsync(async () =>
        {
            // It called in vain before there was an agreement, and calls again in a while.
            nodes.Time.Advance(TimeSpan.FromSeconds(5));
            return (await nodes.Region.Node.ListPeersAsync(new ListPeersRequest())).Peers[0].DigestsMatch;
        });
        var before = (await nodes.Region.Node.ListPeersAsync(new ListPeersRequest())).Peers[0].SessionCount;

        var theirs = await AnnounceAsync(nodes, nodes.Town);
        var ours = await AnnounceAsync(nodes, nodes.Region);

        await UntilAsync(async () => await KnowsAsync(nodes.Region, theirs) && await KnowsAsync(nodes.Town, ours));
        var peer = (await nodes.Region.Node.ListPeersAsync(new ListPeersRequest())).Peers[0];
        Assert.Equal((SyncMode.Live, before), (peer.RunningMode, peer.SessionCount));
    }

    [Fact]
    public async Task A_partner_that_is_down_as_it_announced_is_nobodys_fault()
    {
        await using var nodes = await AgreedNodes.StartAgreedAsync();
        await AnnounceAsync(nodes, nodes.Town);
        await nodes.SyncAsync();
        await nodes.Town.StopAsync();
        await Assert.ThrowsAsync<RpcException>(nodes.SyncAsync);

        var report = await nodes.Region.Reports.GetMorningReportAsync(
            new GetMorningReportRequest { Language = ReportLanguage.En });

        var partner = Assert.Single(report.Partners);
        Assert.Equal((false, FaultSide.Unspecified), (partner.NeedsAttention, partner.Fault));
        Assert.Contains(report.Lines, line => line.EndsWith(
            "Whose fault: nobody's, an outage was announced.", StringComparison.Ordinal));
        Assert.Contains(report.Lines, line => line.StartsWith(
            "  Announced: dongguan is away from ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_isnt_there_cant_be_called_off_and_what_has_no_end_isnt_announced()
    {
        await using var node = await TestNode.StartAsync();

        var unknown = await Assert.ThrowsAsync<RpcException>(async () => await node.Outages.CancelOutageAsync(
            new CancelOutageRequest { Id = Guid.CreateVersion7().ToString() }));
        var endless = await Assert.ThrowsAsync<RpcException>(async () => await node.Outages.AnnounceOutageAsync(
            new AnnounceOutageRequest { Reason = "new disks" }));
        var never = await Assert.ThrowsAsync<RpcException>(async () => await node.Outages.AnnounceOutageAsync(
            new AnnounceOutageRequest { Reason = "new disks", EndTime = new Timestamp { Seconds = long.MaxValue } }));

        Assert.Equal("ERROR_REASON_RECORD_NOT_FOUND", unknown.Reason());
        Assert.Equal("ERROR_REASON_FIELD_INVALID", endless.Reason());
        Assert.Equal("ERROR_REASON_FIELD_INVALID", never.Reason());
    }

    private static async Task<PlannedOutage> AnnounceAsync(AgreedNodes nodes, TestNode node)
    {
        var end = nodes.Time.GetUtcNow().AddDays(3).ToTimestamp();
        var request = new AnnounceOutageRequest { EndTime = end, Reason = "new disks" };
        return (await node.Outages.AnnounceOutageAsync(request)).Outage;
    }

    private static async Task<bool> KnowsAsync(TestNode node, PlannedOutage outage) =>
        (await node.Outages.ListOutagesAsync(new ListOutagesRequest())).Outages.Contains(outage);

    // For conditions, not for a time: only a node that never gets there takes long.
    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await holds())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
        }
    }
}
