using Exchange.Node.Hosting;
using Exchange.Node.Sync;
using Exchange.Node.Tests.Agreements;
using Exchange.Node.Tests.Bundles;
using Exchange.Testing;
using Exchange.V1;
using Google.Type;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>
/// The town is upgraded and will refuse the protocol that the region speaks: both show it beforehand, sessions are refused on
/// the day, and the region's own upgrade settles it.
/// </summary>
public sealed class OldSoftwareTests : IAsyncLifetime
{
    private static readonly ProtocolEnd End = new()
    {
        MinProtocol = 2,
        FromDate = new Date { Year = 2026, Month = 3, Day = 4 },
    };

    private static readonly ProtocolVersions Newer = new(1, 2, End);

    private AgreedNodes _nodes = null!;

    public async Task InitializeAsync()
    {
        _nodes = await AgreedNodes.StartAgreedAsync();
        await _nodes.RestartTownAsync(protocol: Newer);
    }

    public async Task DisposeAsync() => await _nodes.DisposeAsync();

    [Fact]
    public async Task Before_the_day_both_sides_show_who_must_be_upgraded_and_by_when()
    {
        await _nodes.SyncAsync();

        foreach (var node in new[] { _nodes.Region, _nodes.Town })
        {
            Assert.Equal(
                new ProtocolDeadline
                {
                    Node = "zhaotong",
                    RefusingNode = "dongguan",
                    MaxProtocol = 1,
                    NeededProtocol = 2,
                    FromDate = End.FromDate,
                },
                (await PeerAsync(node)).ProtocolDeadline);
            var report = await node.Reports.GetMorningReportAsync(
                new GetMorningReportRequest { Language = ReportLanguage.En });
            Assert.True(report.Partners[0].NeedsAttention);
            Assert.Contains(
                "  Upgrade zhaotong before 2026-03-04: from that day on dongguan refuses it. It speaks sync protocol 1, and 2 "
                + "is needed then.",
                report.Lines);
            Assert.Contains("upgrade zhaotong before", LogOf(node), StringComparison.Ordinal);
        }

        Assert.Equal(2u, (await PeerAsync(_nodes.Region)).PeerProtocol.MaxProtocol);
        Assert.Equal(1u, (await PeerAsync(_nodes.Town)).PeerProtocol.MaxProtocol);
    }

    [Fact]
    public async Task On_the_day_sessions_and_bundles_are_refused_until_the_upgrade()
    {
        await _nodes.SyncAsync();
        _nodes.NextDay();
        await _nodes.SyncAsync();
        var bundle = await _nodes.Region.ExportAsync("dongguan");
        _nodes.NextDay();

        var refused = await Assert.ThrowsAsync<RpcException>(_nodes.SyncAsync);
        var info = await _nodes.Town.RefusedAsync(bundle);

        Assert.Equal("ERROR_REASON_CONTRACT_UNSUPPORTED", refused.Reason());
        Assert.Contains(
            "'dongguan' speaks sync protocol 2-2, 'zhaotong' speaks 1-1. Upgrade 'zhaotong'.",
            refused.Status.Detail,
            StringComparison.Ordinal);
        Assert.Equal(("2-2", "1-1"), (info.Metadata["ours"], info.Metadata["theirs"]));
        Assert.Equal(2u, (await _nodes.Town.Node.GetNodeAsync(new GetNodeRequest())).Node.MinProtocol);
        foreach (var node in new[] { _nodes.Region, _nodes.Town })
        {
            Assert.Equal(End.FromDate, (await PeerAsync(node)).ProtocolDeadline.FromDate);
            var report = await node.Reports.GetMorningReportAsync(new GetMorningReportRequest());
            Assert.Contains(report.Lines, line => line.Contains("请立即升级 zhaotong", StringComparison.Ordinal));
        }

        await _nodes.RestartRegionAsync(protocol: new ProtocolVersions(1, 2));
        Assert.Null((await PeerAsync(_nodes.Region)).ProtocolDeadline);
        await _nodes.SyncAsync();
        Assert.Null((await PeerAsync(_nodes.Town)).ProtocolDeadline);
    }

    [Fact]
    public async Task A_partner_that_was_refused_before_it_was_ever_warned_is_shown_too()
    {
        _nodes.NextDay();
        _nodes.NextDay();

        await Assert.ThrowsAsync<RpcException>(_nodes.SyncAsync);

        Assert.Equal("zhaotong", (await PeerAsync(_nodes.Town)).ProtocolDeadline.Node);
    }

    [Fact]
    public async Task A_partner_without_a_line_is_known_by_its_bundles()
    {
        await _nodes.Town.ImportAsync(await _nodes.Region.ExportAsync("dongguan"));

        Assert.Equal("zhaotong", (await PeerAsync(_nodes.Town)).ProtocolDeadline.Node);
        Assert.Null((await PeerAsync(_nodes.Region)).ProtocolDeadline);
    }

    private static async Task<PeerStatus> PeerAsync(TestNode node) =>
        Assert.Single((await node.Node.ListPeersAsync(new ListPeersRequest())).Peers);

    private static string LogOf(TestNode node)
    {
        var logs = node.Services.GetRequiredService<DataDirectory>().Logs;
        var text = "";
        foreach (var file in Directory.GetFiles(logs))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream);
            text += reader.ReadToEnd();
        }

        return text;
    }
}
