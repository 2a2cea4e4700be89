using Exchange.Store.CrashWriter;
using Exchange.Store.Embedded;
using Exchange.Store.LiteDb;
using Exchange.Testing;
using Xunit;
using Xunit.Abstractions;

namespace Exchange.Store.Tests.LiteDb;

/// <summary>Cuts the power at random operations of the disk, again and again, and looks at what is left.</summary>
public sealed class PowerCutTests(ITestOutputHelper output)
{
    private const int Writers = 3;
    private const int CutsOfOneStore = 6;

    // Small, so that the power also fails while the log is copied into the data file.
    private const long LargeLog = 256 << 10;

    [Theory]
    [InlineData(25)]
    public async Task No_acknowledged_commit_is_lost_and_none_is_torn(int stores)
    {
        var first = int.TryParse(Environment.GetEnvironmentVariable("EXCHANGE_CRASH_SEED"), out var given)
            ? given
            : Environment.TickCount & 0xffffff;
        output.WriteLine($"seeds {first} to {first + stores - 1}");
        for (var seed = first; seed < first + stores; seed++)
        {
            await CutAgainAndAgainAsync(seed);
        }
    }

    private static async Task CutAgainAndAgainAsync(int seed)
    {
        var random = new Random(seed);
        var disk = new PowerCutDisk(random);
        var acknowledged = new int[Writers];
        for (var cut = 0; cut < CutsOfOneStore; cut++)
        {
            disk.CutAt = disk.Operations + random.Next(1, 1_500);
            await WriteUntilCutAsync(disk, acknowledged);
            disk.Restart();
            try
            {
                await using var store = await OpenAsync(disk);
                await CrashCheck.RunAsync(store, acknowledged, default);
            }
            catch (Exception exception)
            {
                Assert.Fail($"Cut {cut} of seed {seed}: {exception}");
            }
        }
    }

    private static async Task WriteUntilCutAsync(PowerCutDisk disk, int[] acknowledged)
    {
        try
        {
            await using var store = await OpenAsync(disk);
            await Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
            {
                var first = await CrashScript.ProgressAsync(store, writer) + 1;
                for (var number = first; ; number++)
                {
                    await store.CommitAsync(CrashScript.Commit(writer, number), default);
                    acknowledged[writer] = number;
                }
            }));
        }
        catch (Exception exception) when (exception is StoreUnavailableException or IOException)
        {
            // The power is off.
        }
    }

    private static Task<EmbeddedStore> OpenAsync(PowerCutDisk disk) => EmbeddedStore.OpenAsync(
        LiteDbEngine.Open(disk.Open("data"), disk.Open("log"), LargeLog), "node-crash", new ManualTime());
}
