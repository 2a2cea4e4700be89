using System.Globalization;
using Exchange.Cli.Setup;
using Exchange.Node.Hosting;

namespace Exchange.Cli.Demo;

/// <summary>Two nodes with an agreement, as processes over a folder of their own, and the line between them.</summary>
internal sealed class DemoSite : IAsyncDisposable
{
    private const string AnyPort = "https://127.0.0.1:0";

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("exchange-demo-");
    private readonly TimeProvider _time;
    private readonly int _batchChanges;
    private ChildNode? _sending;
    private ChildNode? _receiving;

    private DemoSite(TimeProvider time, int batchChanges)
    {
        _time = time;
        _batchChanges = batchChanges;
    }

    /// <summary>The line on which the sending node calls the receiving one.</summary>
    public CuttableLine Line { get; } = new();

    /// <summary>The node of the workers' region.</summary>
    public ChildNode Sending => _sending!;

    /// <summary>The node of the city.</summary>
    public ChildNode Receiving => _receiving!;

    /// <summary>A path in the site's folder, which goes with the site.</summary>
    public string In(string name) => Path.Combine(_root.FullName, name);

    /// <summary>Makes both nodes, starts them and has both sign an agreement.</summary>
    /// <param name="batchChanges">The most changes of a batch that one gives the other.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<DemoSite> OpenAsync(
        int batchChanges, TimeProvider time, CancellationToken cancellationToken)
    {
        var site = new DemoSite(time, batchChanges);
        try
        {
            site.Make();
            site._receiving = await site.StartAsync(DemoOptions.Receiving, "passive", cancellationToken);
            site.Line.LeadTo(site.Receiving.Node.Address.Uri);
            site._sending = await site.StartAsync(DemoOptions.Sending, "nightly", cancellationToken);
            await DemoAgreement.SignAsync(site.Sending.Node, site.Receiving.Node, time, cancellationToken);
            return site;
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Stops the sending node and starts it again so that it stays connected; returns how it had ended.
    /// </summary>
    public async Task<int> GoLiveAsync(CancellationToken cancellationToken)
    {
        var exit = await StopAsync(Sending, cancellationToken);
        _sending = await StartAsync(DemoOptions.Sending, "live", cancellationToken);
        return exit;
    }

    /// <summary>Stops both nodes gracefully; returns how they ended.</summary>
    public async Task<(int Sending, int Receiving)> StopAsync(CancellationToken cancellationToken) =>
        (await StopAsync(Sending, cancellationToken), await StopAsync(Receiving, cancellationToken));

    public async ValueTask DisposeAsync()
    {
        foreach (var node in new[] { _sending, _receiving })
        {
            if (node is not null)
            {
                await node.DisposeAsync();
            }
        }

        await Line.DisposeAsync();
        if (_root.Exists)
        {
            _root.Delete(recursive: true);
        }

        _root.Refresh();
    }

    /// <summary>Nothing is left of the site on the disk.</summary>
    public bool IsGone()
    {
        _root.Refresh();
        return !_root.Exists;
    }

    private static async Task<int> StopAsync(ChildNode node, CancellationToken cancellationToken)
    {
        var exit = await node.StopAsync(cancellationToken);
        await node.DisposeAsync();
        return exit;
    }

    private void Make()
    {
        var (sending, receiving) = (DemoOptions.Sending, DemoOptions.Receiving);
        NodeSetup.Create(
            new DataDirectory(In(sending)),
            Request(sending, "昭通市人力资源和社会保障局", new NodeInitPeer(receiving, Line.Address, "nightly")),
            _time);
        NodeSetup.Create(
            new DataDirectory(In(receiving)),
            Request(receiving, "东莞市人力资源和社会保障局", new NodeInitPeer(sending, null, "passive")),
            _time);
    }

    private static NodeInitRequest Request(string id, string name, NodeInitPeer peer) =>
        new(id, name, AnyPort, true, null, [peer]);

    private Task<ChildNode> StartAsync(string id, string mode, CancellationToken cancellationToken) =>
        ChildNode.StartAsync(
            In(id),
            new Dictionary<string, string>
            {
                ["EXCHANGE_Sync__Peers__0__Mode"] = mode,
                ["EXCHANGE_Sync__Peers__0__BatchChanges"] = _batchChanges.ToString(CultureInfo.InvariantCulture),
            },
            _time,
            cancellationToken);
}
