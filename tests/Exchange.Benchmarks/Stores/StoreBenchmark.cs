using System.Globalization;
using Exchange.Store;

namespace Exchange.Benchmarks.Stores;

/// <summary>
/// How fast each engine stores and reads, against SQLite used bare in the same run.
/// Options: --engine NAME (default all in the build), --records N (default 200,000, at least 50,000), --open N (store
/// to reopen, default 1,000,000; 0 leaves it out).
/// </summary>
internal static class StoreBenchmark
{
    // The commits by one writer and by many need as many.
    private const int LeastRecords = 50_000;

    public static async Task RunAsync(string[] args)
    {
        var records = Math.Max(LeastRecords, Option(args, "--records", 200_000));
        var open = Option(args, "--open", 1_000_000);
        var named = Array.IndexOf(args, "--engine") is >= 0 and var at ? args[at + 1] : null;
        var ceiling = BareSqlite.Measure(records);
        Report("bare sqlite", "bulk insert", ceiling.Insert, null);
        Report("bare sqlite", "feed scan", ceiling.Scan, null);
        Report("bare sqlite", "get", ceiling.Get, null);
        foreach (var engine in RecordStores.Engines.Where(name => named is null || name == named))
        {
            await new StoreMeasurement(engine, records, ceiling).RunAsync();
            if (open > 0)
            {
                await StoreMeasurement.MeasureOpenAsync(engine, open);
            }
        }
    }

    /// <summary>Prints one figure, and its ratio to a ceiling.</summary>
    public static void Report(string engine, string what, Figure figure, Figure? ceiling)
    {
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{engine,-12} {what,-34} {figure.PerSecond,10:N0} /s {figure.CpuMicroseconds,8:N1} us of processor each");
        Console.WriteLine(ceiling is null ? line : string.Create(
            CultureInfo.InvariantCulture, $"{line}   {figure.PerSecond / ceiling.PerSecond:0.00} of ceiling"));
    }

    private static int Option(string[] args, string name, int otherwise) =>
        Array.IndexOf(args, name) is >= 0 and var at
            ? int.Parse(args[at + 1], CultureInfo.InvariantCulture)
            : otherwise;
}
