using System.Diagnostics;
using System.Globalization;
using Exchange.Node.Agreements;
using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Benchmarks.Syncing;

/// <summary>
/// A prefecture gives its whole register to a province, as two processes over real sockets and SQLite files. Switched
/// on: agreement and gate, projection of every field, disclosure register durable before the wire, digests on both
/// sides, sealed payloads, keys (person, division), payload hash, receipts. TLS and the audit chain are on as well.
///
/// The first sync is measured twice: once between processes that have just started, whose code is still being compiled,
/// and once between processes that have synced before, as the bare pipeline is measured after a run that doesn't count.
/// Options: --sizes N,N (default 100000,1000000).
/// </summary>
internal static class SyncBenchmark
{
    private const string Prefecture = "zhaotong";
    private const string Province = "yunnan";

    // A second province, kept warm by another prefecture whose records don't count.
    private const string Standby = "guizhou";
    private const string Warmer = "bijie";
    private const int WarmRecords = 50_000;
    private const int WarmFirst = 50_000_000;
    private const int CeilingRecords = 200_000;

    public static async Task RunAsync(string[] args)
    {
        var sizes = Array.IndexOf(args, "--sizes") is >= 0 and var at ? args[at + 1] : "100000,1000000";
        var rows = new List<SyncFigures>();
        foreach (var size in sizes.Split(',').Select(text => int.Parse(text, CultureInfo.InvariantCulture)))
        {
            var ceilings = await MeasureCeilingsAsync(Math.Min(size, CeilingRecords));
            rows.Add(await MeasureAsync(size, ceilings));
            SyncReport.Print(rows[^1]);
        }

        if (rows.Count > 1)
        {
            SyncReport.PrintGrowth(rows[0], rows[^1]);
        }
    }

    private static async Task<SyncCeilings> MeasureCeilingsAsync(int records)
    {
        var payload = WorkerSeed.Payload(1).ToByteArray();
        await BarePipeline.MeasureAsync(records / 4, payload, withRegister: true);
        var bare = await BarePipeline.MeasureAsync(records, payload, withRegister: false);
        var registered = await BarePipeline.MeasureAsync(records, payload, withRegister: true);

        using var site = new SyncSite();
        site.Init(Warmer);
        site.Init(Province);
        await WorkerSeed.MeasureBulkAsync(site.Data(Warmer), Warmer, records / 4);
        return new SyncCeilings(
            bare, registered, await WorkerSeed.MeasureBulkAsync(site.Data(Province), Province, records));
    }

    private static async Task<SyncFigures> MeasureAsync(int size, SyncCeilings ceilings)
    {
        using var site = new SyncSite();
        site.Init(Province);
        site.Init(Standby);
        site.Init(Warmer, "nightly", Standby);
        site.Init(Prefecture, "nightly", Province, Standby);
        await AgreeAsync(site, Prefecture, Province);
        await AgreeAsync(site, Prefecture, Standby);
        await AgreeAsync(site, Warmer, Standby);
        await using var receiver = await NodeProcess.StartAsync(site.Data(Province));
        await using var second = await NodeProcess.StartAsync(site.Data(Standby));
        var seeding = Stopwatch.StartNew();
        var records = await WorkerSeed.WriteAsync(site.Data(Prefecture), Prefecture, generation: 0, size);
        SyncReport.Line($"seeded {size:N0} workers in {seeding.Elapsed.TotalSeconds:F1} s");
        await WarmAsync(site, second);

        SyncTime cold, warm, coldEmpty, warmEmpty;
        TimeSpan start;
        (long Sender, long Receiver) memory;
        await using (var sender = await NodeProcess.StartAsync(site.Data(Prefecture), receiver, second))
        {
            cold = await SyncAsync(sender, receiver, Province, records);
            memory = (sender.PeakMemory, receiver.PeakMemory);
            coldEmpty = await SyncAsync(sender, receiver, Province, 0);
            warmEmpty = await SyncAsync(sender, receiver, Province, 0);
            warm = await SyncAsync(sender, second, Standby, records);
            start = sender.Start;
        }

        var changed = size / 100;
        await WorkerSeed.WriteAsync(site.Data(Prefecture), Prefecture, generation: 1, changed);
        await using var again = await NodeProcess.StartAsync(site.Data(Prefecture), receiver, second);
        var coldDelta = await SyncAsync(again, receiver, Province, changed);
        var warmDelta = await SyncAsync(again, second, Standby, changed);
        return new SyncFigures(
            size, records, ceilings, cold, warm, changed, coldDelta, warmDelta, coldEmpty, warmEmpty,
            again.Start > start ? again.Start : start, memory.Sender, memory.Receiver);
    }

    private static Task AgreeAsync(SyncSite site, string prefecture, string province) =>
        site.AgreeAsync(prefecture, province, AgreementProfiles.ToProvince(prefecture, province, new RecordKinds()));

    private static async Task WarmAsync(SyncSite site, NodeProcess receiver)
    {
        var records = await WorkerSeed.WriteAsync(
            site.Data(Warmer), Warmer, generation: 0, WarmRecords, WarmFirst);
        await using var sender = await NodeProcess.StartAsync(site.Data(Warmer), receiver);
        await SyncAsync(sender, receiver, Standby, records);
    }

    private static async Task<SyncTime> SyncAsync(
        NodeProcess sender, NodeProcess receiver, string province, int expected)
    {
        var before = (Sender: sender.Processor, Receiver: receiver.Processor);
        var watch = Stopwatch.StartNew();
        var answer = await sender.Node.SyncNowAsync(new SyncNowRequest { Peer = province });
        var seconds = watch.Elapsed.TotalSeconds;
        return answer.DigestsMatch && answer.SentCount == (ulong)expected
            ? new SyncTime(
                seconds,
                (sender.Processor - before.Sender).TotalSeconds,
                (receiver.Processor - before.Receiver).TotalSeconds)
            : throw new InvalidOperationException(
                $"{answer.SentCount} of {expected} sent, digests match: {answer.DigestsMatch}");
    }
}
