using System.Globalization;
using Exchange.Benchmarks.Watching;
using Exchange.Node.Agreements;
using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Benchmarks.Syncing;

/// <summary>
/// From publishing a vacancy in one node until a watcher of the other one sees it, at 500 a second over a sync that
/// stays connected: two processes over real sockets and SQLite files, everything on as in <see cref="SyncBenchmark"/>.
/// The publisher, the watcher and their clock are in a third process. Options: --items N (default 10000).
/// </summary>
internal static class LiveBenchmark
{
    private const string City = "dongguan";
    private const string Region = "zhaotong";
    private const int Items = 10_000;

    // Seconds in which code is compiled and doesn't count.
    private const int WarmShare = 5;

    public static async Task RunAsync(string[] args)
    {
        var count = Array.IndexOf(args, "--items") is >= 0 and var at
            ? int.Parse(args[at + 1], CultureInfo.InvariantCulture)
            : Items;
        using var site = new SyncSite();
        var kinds = new RecordKinds();
        site.Init(City);
        site.Init(Region, "live", City);
        await site.AgreeAsync(
            Region, City, AgreementProfiles.FromCity(City, Region, kinds), AgreementProfiles.ToCity(Region, City, kinds));
        await using var city = await NodeProcess.StartAsync(site.Data(City));
        await using var region = await NodeProcess.StartAsync(site.Data(Region), city);

        var (published, latencies) = (new long[count + 1], new double[count]);
        var watching = VacancyLoad.WatchAsync(region.Channel, count, published, latencies);
        await VacancyLoad.PublishAsync(new VacancyService.VacancyServiceClient(city.Channel), count, published);
        await watching;

        var counted = latencies[(count / WarmShare)..].Order().ToArray();
        SyncReport.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"publish to watch across two nodes, {counted.Length:N0} vacancies at {VacancyLoad.PerSecond}/s: "
            + $"p50 {counted[counted.Length / 2]:F2} ms, p99 {counted[counted.Length * 99 / 100]:F2} ms (goal <= 5)"));
    }
}
