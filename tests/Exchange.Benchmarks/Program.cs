using Exchange.Benchmarks.Reporting;
using Exchange.Benchmarks.Stores;
using Exchange.Benchmarks.Syncing;
using Exchange.Benchmarks.Watching;

// One file per benchmark; each prints ratios to a ceiling of the same run, because absolute figures of a shared machine
// mean little on another day.
var benchmarks = new Dictionary<string, Func<string[], Task>>
{
    ["store"] = StoreBenchmark.RunAsync,
    ["reports"] = ReportBenchmark.RunAsync,
    ["audit"] = AuditBenchmark.RunAsync,
    ["live"] = LiveBenchmark.RunAsync,
    ["sync"] = SyncBenchmark.RunAsync,
    ["watch"] = WatchBenchmark.RunAsync,
};

if (args.Length == 0 || !benchmarks.TryGetValue(args[0], out var benchmark))
{
    Console.Error.WriteLine($"Usage: Exchange.Benchmarks <{string.Join('|', benchmarks.Keys)}> [--option value]...");
    return 2;
}

await benchmark(args[1..]);
return 0;
