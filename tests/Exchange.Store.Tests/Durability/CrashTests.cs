using System.Globalization;
using Exchange.Store.CrashWriter;
using Exchange.Testing;
using Xunit;
using Xunit.Abstractions;

namespace Exchange.Store.Tests.Durability;

/// <summary>
/// Kills a writing process at random moments and looks at what it left. EXCHANGE_CRASH_RUNS sets how often for each
/// engine, EXCHANGE_CRASH_SEED repeats the moments of a run.
/// </summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    private const int Writers = 4;
    private const int RunsOfOneStore = 8;

    private static int Runs => Setting("EXCHANGE_CRASH_RUNS") ?? RunsOfOneStore;

    public static TheoryData<string> Engines() => [.. RecordStores.Engines];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_killed_process_leaves_every_acknowledged_commit_whole(string engine)
    {
        var seed = Setting("EXCHANGE_CRASH_SEED") ?? Environment.TickCount;
        output.WriteLine($"{engine}: {Runs} runs, seed {seed}");
        var random = new Random(seed);
        for (var run = 0; run < Runs; run += RunsOfOneStore)
        {
            // A store that crashed before crashes again, as in life; a fresh one keeps the checks short.
            using var directory = new TemporaryDirectory();
            var acknowledged = new int[Writers];
            for (var i = run; i < Math.Min(run + RunsOfOneStore, Runs); i++)
            {
                await WriteAndKillAsync(engine, directory.Path, random, acknowledged);
                await CheckAsync(engine, directory.Path, acknowledged, $"run {i} of seed {seed}");
            }
        }
    }

    private async Task WriteAndKillAsync(string engine, string directory, Random random, int[] acknowledged)
    {
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var process = CrashedProgram.Start(["write", directory, engine, $"{Writers}", "1000000"]);
        var reading = CrashedProgram.ReadAcknowledgementsAsync(process, acknowledged, ready);

        // Now and then it dies while it opens the store, and recovers what the crash before has left.
        if (random.Next(8) != 0)
        {
            await ready.Task;
        }

        await Task.Delay(TimeSpan.FromMilliseconds(random.Next(1_000)), TimeProvider.System);
        process.Kill();
        await reading;
        await process.WaitForExitAsync();
        output.WriteLine($"killed after commits {string.Join(", ", acknowledged)}");
    }

    private static async Task CheckAsync(string engine, string directory, int[] acknowledged, string run)
    {
        try
        {
            await using var store = await RecordStores.OpenAsync(
                new StoreOptions(directory, "node-crash", engine), TimeProvider.System, default);
            await CrashCheck.RunAsync(store, acknowledged, default);
        }
        catch (Exception exception)
        {
            Assert.Fail($"{engine}, {run}: {exception}");
        }
    }

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value)
            ? value
            : null;
}
