using System.Security.Cryptography;
using Exchange.Node.Agreements;
using Exchange.Node.Hosting;
using Exchange.Node.Records;
using Exchange.Testing;
using Exchange.V1;

namespace Exchange.Node.Tests.Reports;

/// <summary>Two whole nodes over a real socket, with files of an agreement between them.</summary>
internal sealed class ReportNodes : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private bool _isStopped;

    /// <summary>The one that is called.</summary>
    public TestNode Dongguan { get; private set; } = null!;

    /// <summary>The one that calls.</summary>
    public TestNode Zhaotong { get; private set; } = null!;

    /// <summary>Starts both; they may hold different versions, and the caller another address than the called.</summary>
    public static async Task<ReportNodes> StartAsync(uint calledVersion = 1, string? address = null)
    {
        var nodes = new ReportNodes();
        var key = Path.Combine(nodes._directory.Path, "key");
        await File.WriteAllTextAsync(key, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        nodes.Dongguan = await TestNode.StartAsync(
            "dongguan", new NodeInitPeer("zhaotong", null, nodes.Agreement(calledVersion), key, "passive"));
        nodes.Zhaotong = await TestNode.StartAsync(
            "zhaotong",
            new NodeInitPeer("dongguan", address ?? nodes.Dongguan.Address.ToString(), nodes.Agreement(1), key, "nightly"));
        return nodes;
    }

    public async Task<SyncNowResponse> SyncAsync() =>
        await Zhaotong.Node.SyncNowAsync(new SyncNowRequest { Peer = "dongguan" }, deadline: Deadline());

    /// <summary>Stops the called node; its address stays free.</summary>
    public async Task StopDongguanAsync()
    {
        await Dongguan.DisposeAsync();
        _isStopped = true;
    }

    public async ValueTask DisposeAsync()
    {
        await Zhaotong.DisposeAsync();
        if (!_isStopped)
        {
            await Dongguan.DisposeAsync();
        }

        _directory.Dispose();
    }

    // A test on a loaded machine may be slow, but never hangs.
    private static DateTime Deadline() => TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(60);

    private string Agreement(uint version)
    {
        var kinds = new RecordKinds();
        var agreement = new Agreement
        {
            Id = "zhaotong-dongguan",
            Version = version,
            Parties = { new AgreementParty { Node = "zhaotong" }, new AgreementParty { Node = "dongguan" } },
            Flows =
            {
                AgreementProfiles.ToCity("zhaotong", "dongguan", kinds),
                AgreementProfiles.FromCity("dongguan", "zhaotong", kinds),
            },
            ValidFromDate = new Google.Type.Date { Year = 2026, Month = 1, Day = 1 },
        };
        var file = Path.Combine(_directory.Path, $"agreement-{version}.json");
        File.WriteAllText(file, AgreementFile.Format(agreement));
        return file;
    }
}
