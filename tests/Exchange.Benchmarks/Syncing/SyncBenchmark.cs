using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Exchange.Node.Agreements;
using Exchange.Node.Hosting;
using Exchange.Node.Records;
using Exchange.Testing;
using Exchange.V1;

namespace Exchange.Benchmarks.Syncing;

/// <summary>
/// A prefecture gives its whole register to its province, two processes over real sockets and SQLite files. Switched
/// on:
/// agreement and gate, projection of every field, disclosure register durable before the wire, digests on both sides,
/// sealed
/// payloads, keys (person, division), payload hash, receipts. Not yet there: TLS on loopback, audit chain.
/// Options: --sizes N,N (default 100000,1000000).
/// </summary>
internal static class SyncBenchmark
{
    public static async Task RunAsync(string[] args)
    {
        var sizes = Array.IndexOf(args, "--sizes") is >= 0 and var at ? args[at + 1] : "100000,1000000";
        var payload = WorkerSeed.Payload(1).ToByteArray();
        var rows = new List<SyncFigures>();
        foreach (var size in sizes.Split(',').Select(text => int.Parse(text, CultureInfo.InvariantCulture)))
        {
            var bare = await BarePipeline.MeasureAsync(Math.Min(size, 200_000), payload);
            rows.Add(await MeasureAsync(size, bare));
            Print(rows[^1]);
        }

        if (rows.Count > 1)
        {
            var (small, large) = (rows[0], rows[^1]);
            var delta = large.Delta / small.Delta / ((double)large.Changed / small.Changed);
            Line($"time per changed record, largest to smallest: {delta:F2}");
            Line($"peak memory, largest to smallest: sender {Ratio(large.SenderMemory, small.SenderMemory):F2}, "
                + $"receiver {Ratio(large.ReceiverMemory, small.ReceiverMemory):F2} (goal <= 1.2)");
            Line($"empty sync, largest to smallest: {large.Empty / small.Empty:F2}");
        }
    }

    private static async Task<SyncFigures> MeasureAsync(int size, double bare)
    {
        using var directory = new TemporaryDirectory();
        var (province, prefecture) = (In(directory, "yunnan"), In(directory, "zhaotong"));
        var agreement = WriteAgreement(directory);
        Init(province, "yunnan", Peer("zhaotong", null, agreement, "passive"));
        await using var receiver = await NodeProcess.StartAsync(province);
        Init(prefecture, "zhaotong", Peer("yunnan", receiver.Address, agreement, "nightly"));
        var seeding = Stopwatch.StartNew();
        await WorkerSeed.WriteAsync(prefecture, "zhaotong", 0, size);
        Line($"seeded {size:N0} workers in {seeding.Elapsed.TotalSeconds:F1} s");

        double first, empty;
        TimeSpan start;
        long memory;
        await using (var sender = await NodeProcess.StartAsync(prefecture))
        {
            first = await SyncAsync(sender, (ulong)size);
            empty = await SyncAsync(sender, 0);
            (start, memory) = (sender.Start, sender.PeakMemory);
        }

        await WorkerSeed.WriteAsync(prefecture, "zhaotong", 1, size / 100);
        await using var again = await NodeProcess.StartAsync(prefecture);
        var delta = await SyncAsync(again, (ulong)(size / 100));
        return new SyncFigures(
            size, bare, first, empty, size / 100, delta, again.Start > start ? again.Start : start, memory, receiver.PeakMemory);
    }

    private static async Task<double> SyncAsync(NodeProcess sender, ulong expected)
    {
        var watch = Stopwatch.StartNew();
        var answer = await sender.Node.SyncNowAsync(new SyncNowRequest { Peer = "yunnan" });
        var elapsed = watch.Elapsed.TotalSeconds;
        return answer.DigestsMatch && answer.SentCount == expected
            ? elapsed
            : throw new InvalidOperationException($"{answer.SentCount} of {expected} sent, digests match: {answer.DigestsMatch}");
    }

    private static DataDirectory In(TemporaryDirectory directory, string node) => new(Path.Combine(directory.Path, node));

    private static (string Agreement, string Key) WriteAgreement(TemporaryDirectory directory)
    {
        var agreement = new Agreement
        {
            Id = "zhaotong-yunnan",
            Version = 1,
            Parties = { new AgreementParty { Node = "zhaotong" }, new AgreementParty { Node = "yunnan" } },
            Flows = { AgreementProfiles.ToProvince("zhaotong", "yunnan", new RecordKinds()) },
            ValidFromDate = new Google.Type.Date { Year = 2026, Month = 1, Day = 1 },
        };
        var (file, key) = (Path.Combine(directory.Path, "agreement.json"), Path.Combine(directory.Path, "digest-key"));
        File.WriteAllText(file, AgreementFile.Format(agreement));
        File.WriteAllText(key, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        return (file, key);
    }

    private static NodeInitPeer Peer(string node, string? address, (string Agreement, string Key) files, string mode) =>
        new(node, address, files.Agreement, files.Key, mode);

    private static void Init(DataDirectory data, string node, NodeInitPeer peer) => NodeInit.Create(
        data, new NodeInitRequest(node, "", "http://127.0.0.1:0", TestNode: true, "sqlite", [peer]));

    private static void Print(SyncFigures row)
    {
        var rate = row.Size / row.First;
        Line($"{row.Size:N0} workers: first sync {row.First:F1} s, {rate:N0}/s; bare pipeline {row.Bare:N0}/s; "
            + $"ratio {rate / row.Bare:F2} (goal >= 0.5)");
        Line($"{row.Size:N0} workers: 1 % delta {row.Delta * 1000:N0} ms for {row.Changed:N0}, "
            + $"empty sync {row.Empty * 1000:N0} ms, "
            + $"start {row.Start.TotalMilliseconds:N0} ms (goal < 1,000)");
        Line($"{row.Size:N0} workers: peak memory {row.SenderMemory >> 20} MiB sending, "
            + $"{row.ReceiverMemory >> 20} MiB receiving");
    }

    private static double Ratio(long large, long small) => (double)large / small;

    private static void Line(string text) => Console.WriteLine(text);

    private sealed record SyncFigures(
        int Size,
        double Bare,
        double First,
        double Empty,
        int Changed,
        double Delta,
        TimeSpan Start,
        long SenderMemory,
        long ReceiverMemory);
}
