using System.Globalization;
using Exchange.Cli.Demo;
using Exchange.Cli.Setup;
using Exchange.Node.Hosting;

namespace Exchange.Cli.Sandbox;

/// <summary>
/// Two test nodes on this machine, each a process of its own that ends with this one: the city's, which a developer
/// calls, and a sending region's, which stays connected to it. They listen on loopback alone.
/// </summary>
internal sealed class SandboxSite : IAsyncDisposable
{
    public const string City = "dongguan";
    public const string Region = "zhaotong";

    private const string Loopback = "https://127.0.0.1";

    // Only a folder with this file is ever emptied.
    private const string Mark = "exchange-sandbox";

    private readonly DirectoryInfo _root;
    private readonly bool _isKept;
    private readonly int _port;
    private readonly TimeProvider _time;
    private ChildNode? _city;
    private ChildNode? _region;

    private SandboxSite(DirectoryInfo root, bool isKept, int port, TimeProvider time) =>
        (_root, _isKept, _port, _time) = (root, isKept, port, time);

    /// <summary>The node that a city's developer calls.</summary>
    public ChildNode CityNode => _city!;

    /// <summary>The partner.</summary>
    public ChildNode RegionNode => _region!;

    /// <summary>Where the city's node lives.</summary>
    public string CityData => In(City);

    /// <summary>Where the partner lives.</summary>
    public string RegionData => In(Region);

    /// <summary>It was made now, and holds nothing yet.</summary>
    public bool IsNew { get; private set; }

    /// <summary>Makes both nodes, or takes up those that are there, and starts them.</summary>
    /// <param name="path">The folder; null for one that goes with this process.</param>
    /// <param name="reset">Begin anew.</param>
    /// <param name="port">Where the city's node listens; 0 for a free port.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="CommandException">The folder holds something else.</exception>
    public static async Task<SandboxSite> OpenAsync(
        string? path, bool reset, int port, TimeProvider time, CancellationToken cancellationToken)
    {
        var root = path is null ? Directory.CreateTempSubdirectory("exchange-sandbox-") : new DirectoryInfo(path);
        var site = new SandboxSite(root, path is not null, port, time);
        try
        {
            site.Prepare(reset);
            await site.StartAsync(cancellationToken);
            return site;
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
    }

    /// <summary>Everything was put there: the next start takes it up.</summary>
    public void Complete() => File.WriteAllText(In(Mark), "Made by exchange sandbox; --reset empties this folder.\n");

    public async ValueTask DisposeAsync()
    {
        foreach (var node in new[] { _region, _city })
        {
            if (node is not null)
            {
                await node.DisposeAsync();
            }
        }

        if (!_isKept && Directory.Exists(_root.FullName))
        {
            _root.Delete(recursive: true);
        }
    }

    private string In(string name) => Path.Combine(_root.FullName, name);

    private void Prepare(bool reset)
    {
        var isSandbox = File.Exists(In(Mark));
        var isEmpty = !_root.Exists || !_root.EnumerateFileSystemInfos().Any();
        if (!isEmpty && !isSandbox)
        {
            throw new CommandException(
                ExitCode.Usage, $"'{_root.FullName}' holds something else than a whole sandbox. Give an empty folder.");
        }

        if (reset && isSandbox)
        {
            _root.Delete(recursive: true);
        }

        IsNew = !isSandbox || reset;
        if (!IsNew)
        {
            return;
        }

        _root.Create();
        Make(City, "东莞市人力资源和社会保障局", new NodeInitPeer(Region, null, "passive"));
        Make(Region, "昭通市人力资源和社会保障局", new NodeInitPeer(City, $"{Loopback}:1", "nightly"));
    }

    private void Make(string id, string name, NodeInitPeer peer) => NodeSetup.Create(
        new DataDirectory(In(id)), new NodeInitRequest(id, name, $"{Loopback}:0", true, null, [peer]), _time);

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        var listen = string.Create(CultureInfo.InvariantCulture, $"{Loopback}:{_port}");
        _city = await ChildNode.StartAsync(
            CityData,
            new Dictionary<string, string> { ["EXCHANGE_Listen__Address"] = listen },
            _time,
            cancellationToken);
        if (IsNew)
        {
            _region = await StartRegionAsync("nightly", cancellationToken);
            await DemoAgreement.SignAsync(_region.Node, _city.Node, _time, cancellationToken);
            await _region.StopAsync(cancellationToken);
            await _region.DisposeAsync();
        }

        // With an agreement it can stay connected from its start on.
        _region = await StartRegionAsync("live", cancellationToken);
    }

    private Task<ChildNode> StartRegionAsync(string mode, CancellationToken cancellationToken) => ChildNode.StartAsync(
        RegionData,
        new Dictionary<string, string>
        {
            ["EXCHANGE_Sync__Peers__0__Address"] = _city!.Node.Address.ToString(),
            ["EXCHANGE_Sync__Peers__0__Mode"] = mode,
        },
        _time,
        cancellationToken);
}
