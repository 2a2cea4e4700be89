using System.Globalization;
using System.Text;
using Exchange.Testing.Simulation;
using Xunit;
using Xunit.Abstractions;

namespace Exchange.Node.Tests.Sync.Simulated;

/// <summary>
/// Many small histories of three nodes over their real sources, sinks, registers, fences and sweeps. EXCHANGE_SIM_SEEDS
/// sets how many; EXCHANGE_SIM_FIRST the first one; EXCHANGE_SIM_TRACE begins the names of files, one for each that
/// fails, with everything that happened in it. tests/README.md has the command of a long run.
/// </summary>
public sealed class FlowSimulationTests(ITestOutputHelper output)
{
    private static readonly int Seeds = Setting("EXCHANGE_SIM_SEEDS", 40);
    private static readonly int First = Setting("EXCHANGE_SIM_FIRST", 1);

    [Fact]
    public async Task All_nodes_hold_what_they_may_and_nothing_else_after_any_trouble()
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var path = Environment.GetEnvironmentVariable("EXCHANGE_SIM_TRACE");
        var failures = new List<string>();
        var completed = 0;
        foreach (var seed in Enumerable.Range(First, Seeds))
        {
            try
            {
                completed += await FlowSimulation.RunAsync(
                    seed,
                    new SimulationOptions(),
                    what => counts[what] = counts.GetValueOrDefault(what) + 1);
            }
            catch (SimulationFailedException failure)
            {
                failures.Add(failure.Message);
                if (path is { Length: > 0 })
                {
                    await TraceAsync(seed, path);
                }
            }
        }

        // All of them, because the shortest story of a bug is rarely the first.
        Assert.True(
            failures.Count == 0, $"{failures.Count} of {Seeds} failed:\n{string.Join('\n', failures.Take(20))}");

        var table = new StringBuilder().AppendLine(
            CultureInfo.InvariantCulture, $"{Seeds} histories from {First} on survived, {completed} nights completed:");
        foreach (var (what, count) in counts)
        {
            table.AppendLine(CultureInfo.InvariantCulture, $"{count,9:N0}  {what}");
        }

        output.WriteLine(table.ToString());

        // Otherwise the histories would only ever have shown that cut sessions resume.
        Assert.True(completed > Seeds / 2, $"Only {completed} sessions completed in {Seeds} histories.");
        Assert.True(Seeds < 100 || counts.Count >= 20, table.ToString());
    }

    // The same history once more, written down.
    private static async Task TraceAsync(int seed, string path)
    {
        await using var file = new StreamWriter(string.Create(CultureInfo.InvariantCulture, $"{path}.{seed}"));
        try
        {
            await FlowSimulation.RunAsync(seed, new SimulationOptions { Trace = file.WriteLine });
        }
        catch (SimulationFailedException failure)
        {
            await file.WriteLineAsync(failure.Message);
        }
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : otherwise;
}
