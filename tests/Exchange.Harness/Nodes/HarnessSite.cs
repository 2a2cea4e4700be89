using Exchange.Cli.Demo;
using Exchange.EndToEnd.Tests;
using Exchange.Node.Hosting;

namespace Exchange.Harness.Nodes;

/// <summary>A region and a city with an agreement, in a folder of their own, and the line between them.</summary>
internal sealed class HarnessSite : IAsyncDisposable
{
    /// <summary>Stands in every vacancy's title, and so crosses the line.</summary>
    public const string Control = "harness-vacancy";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("exchange-harness-");

    private HarnessSite()
    {
        Tap = new WireTap(Control);
        var relay = new TlsRelay(
            HarnessNode.DataIn(_folder.FullName, "zhaotong"), HarnessNode.DataIn(_folder.FullName, "dongguan"));
        Line = new Line { NewTap = Tap.Open, Open = relay.OpenAsync };
    }

    public WireTap Tap { get; }

    /// <summary>The line on which the region calls the city.</summary>
    public Line Line { get; }

    public HarnessNode Region { get; private set; } = null!;

    public HarnessNode City { get; private set; } = null!;

    public static async Task<HarnessSite> OpenAsync(string engine, bool mayMount)
    {
        var site = new HarnessSite();
        try
        {
            site.City = await HarnessNode.MakeAsync(
                "dongguan", site._folder.FullName, mayMount, engine, new NodeInitPeer("zhaotong", null, "passive"), site.Line);
            await site.City.StartAsync();
            site.Region = await HarnessNode.MakeAsync(
                "zhaotong", site._folder.FullName, mayMount, engine,
                new NodeInitPeer("dongguan", site.Line.Address, "live"), null);
            await site.Region.StartAsync();

            // Begun a week ago: a node whose clock is hours behind must not find itself before the first day.
            await DemoAgreement.SignAsync(
                site.Region.Client, site.City.Client, new WrongClock(TimeSpan.FromDays(-7)), CancellationToken.None);
            return site;
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in new[] { Region, City })
        {
            if (node is not null)
            {
                await node.DisposeAsync();
            }
        }

        await Line.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
