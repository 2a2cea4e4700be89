using System.Globalization;
using System.Text;
using Exchange.Testing.Simulation;
using Xunit;
using Xunit.Abstractions;

namespace Exchange.Node.Tests.Sync.Simulated;

/// <summary>
/// Many small histories of two nodes over their real sources, sinks, registers, fences and sweeps. EXCHANGE_SIM_SEEDS
/// sets how many; EXCHANGE_SIM_FIRST the first one; EXCHANGE_SIM_TRACE a file for everything that happens in them.
/// tests/README.md has the command of a long run.
/// </summary>
public sealed class FlowSimulationTests(ITestOutputHelper output)
{
    private const int Hunted = 150;

    private static readonly int Seeds = Setting("EXCHANGE_SIM_SEEDS", 100);
    private static readonly int First = Setting("EXCHANGE_SIM_FIRST", 1);

    [Fact]
    public async Task Both_nodes_hold_what_they_may_and_nothing_else_after_any_trouble()
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        await using var file = Environment.GetEnvironmentVariable("EXCHANGE_SIM_TRACE") is { Length: > 0 } path
            ? new StreamWriter(path)
            : null;
        Action<string>? trace = file is null ? null : file.WriteLine;
        var failures = new List<string>();
        var completed = 0;
        for (var seed = First; seed < First + Seeds; seed++)
        {
            try
            {
                completed += await FlowSimulation.RunAsync(
                    seed,
                    new SimulationOptions { Trace = trace },
                    what => counts[what] = counts.GetValueOrDefault(what) + 1);
            }
            catch (SimulationFailedException failure)
            {
                failures.Add(failure.Message);
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
        Assert.True(Seeds < 100 || counts.Count >= 13, table.ToString());
    }

    [Fact]
    public Task A_register_that_isnt_written_before_the_bytes_leave_is_caught() =>
        IsCaughtAsync("register doesn't know", world => world.Region.Store.Forgets = "disclosure/");

    [Fact]
    public Task A_cursor_that_isnt_in_the_batchs_commit_is_caught() =>
        IsCaughtAsync("acknowledged records are lost", world => world.City.Store.Forgets = "sync-in/");

    [Fact]
    public Task A_fence_that_isnt_kept_is_caught() =>
        IsCaughtAsync("ahead of its data", world => world.City.Store.Forgets = "fence/");

    [Fact]
    public Task A_queue_that_isnt_in_the_writes_commit_is_caught() =>
        IsCaughtAsync("ahead of its data", world => world.Region.Store.Forgets = "reproject/");

    [Fact]
    public Task A_digest_that_isnt_kept_with_the_records_is_caught() =>
        IsCaughtAsync("digests differ", world => world.City.Store.Forgets = "digest-in/");

    private static async Task IsCaughtAsync(string promise, Action<FlowWorld> sabotage)
    {
        var failure = await FlowSimulation.HuntAsync(Hunted, sabotage);

        Assert.NotNull(failure);
        Assert.Contains(promise, failure.Promise, StringComparison.Ordinal);
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : otherwise;
}
