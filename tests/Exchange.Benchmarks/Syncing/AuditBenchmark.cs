using System.Globalization;
using Exchange.Node.Agreements;
using Exchange.Node.Hosting;
using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.Node.Trust;
using Exchange.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Exchange.Benchmarks.Syncing;

/// <summary>
/// What the audit chain costs a first sync: the same register is given by one node to another, both in this process on
/// real sockets and SQLite files, with the chain and without it, in turns. Without it means that nobody notes what
/// commits do; a node has no such switch, so the store that notes is left out here. Options: --workers N (default 20000),
/// --rounds N (default 3).
/// </summary>
internal static class AuditBenchmark
{
    private const string Prefecture = "zhaotong";
    private const string Province = "yunnan";
    private const int WarmWorkers = 2_000;

    public static async Task RunAsync(string[] args)
    {
        Environment.SetEnvironmentVariable("EXCHANGE_Log__Level", "Warning");
        var (workers, rounds) = (Option(args, "--workers", 20_000), Option(args, "--rounds", 3));
        await MeasureAsync(WarmWorkers, isAudited: true);
        await MeasureAsync(WarmWorkers, isAudited: false);
        List<Figure> on = [], off = [];
        for (var round = 0; round < rounds; round++)
        {
            off.Add(await MeasureAsync(workers, isAudited: false));
            on.Add(await MeasureAsync(workers, isAudited: true));
        }

        var (with, without) = (Median(on), Median(off));
        SyncReport.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"first sync of {workers:N0} workers with their households, both nodes in one process, median of {rounds}: "
            + $"with the audit chain {with.PerSecond:N0}/s and {with.CpuMicroseconds:F0} us of processor a record, without "
            + $"{without.PerSecond:N0}/s and {without.CpuMicroseconds:F0} us; on to off {without.PerSecond / with.PerSecond:F2} "
            + $"in time, {with.CpuMicroseconds / without.CpuMicroseconds:F2} in processor"));
    }

    private static async Task<Figure> MeasureAsync(int workers, bool isAudited)
    {
        using var site = new SyncSite();
        site.Init(Province);
        site.Init(Prefecture, "nightly", Province);
        await site.AgreeAsync(
            Prefecture, Province, AgreementProfiles.ToProvince(Prefecture, Province, new RecordKinds()));
        var records = await WorkerSeed.WriteAsync(site.Data(Prefecture), Prefecture, generation: 0, workers);
        await using var receiver = await StartAsync(site, Province, isAudited);
        Environment.SetEnvironmentVariable("EXCHANGE_Sync__Peers__0__Address", receiver.Urls.Single());
        await using var sender = await StartAsync(site, Prefecture, isAudited);
        Environment.SetEnvironmentVariable("EXCHANGE_Sync__Peers__0__Address", null);
        var figure = await Figure.MeasureAsync(records, async () =>
        {
            var session = await sender.Services.GetRequiredService<SyncScheduler>()
                .SyncNowAsync(Province, verify: false, CancellationToken.None);
            if (!session.DigestsMatch || session.Sent != (ulong)records)
            {
                throw new InvalidOperationException($"{session.Sent} of {records} records were sent.");
            }
        });
        await sender.StopAsync();
        await receiver.StopAsync();
        return figure;
    }

    private static async Task<WebApplication> StartAsync(SyncSite site, string node, bool isAudited)
    {
        var app = await NodeHost.BuildAsync(
            site.Data(node),
            TimeProvider.System,
            ProtocolVersions.Current,
            CancellationToken.None,
            isAudited ? null : services =>
                services.AddSingleton<IRecordStore>(provider => provider.GetRequiredService<SealingStore>()));
        await app.StartAsync();
        return app;
    }

    private static Figure Median(List<Figure> figures) => new(
        figures.Select(figure => figure.PerSecond).Order().ElementAt(figures.Count / 2),
        figures.Select(figure => figure.CpuMicroseconds).Order().ElementAt(figures.Count / 2));

    private static int Option(string[] args, string name, int otherwise) =>
        Array.IndexOf(args, name) is >= 0 and var at
            ? int.Parse(args[at + 1], CultureInfo.InvariantCulture)
            : otherwise;
}
