using System.Globalization;
using Exchange.Testing.Simulation;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>
/// Many small histories of two nodes, each from a seed. EXCHANGE_SIM_SEEDS sets how many; EXCHANGE_SIM_FIRST the first
/// one.
/// </summary>
public sealed class SyncSimulationTests
{
    private static readonly int Seeds = Setting("EXCHANGE_SIM_SEEDS", 1_000);
    private static readonly int First = Setting("EXCHANGE_SIM_FIRST", 1);

    [Fact]
    public async Task Two_nodes_hold_the_same_after_any_trouble()
    {
        var completed = 0;
        for (var seed = First; seed < First + Seeds; seed++)
        {
            completed += await ModelSimulation.RunAsync(seed, new SimulationOptions());
        }

        // Otherwise the simulation would only ever have shown that cut sessions resume.
        Assert.True(completed > Seeds, $"Only {completed} sessions completed in {Seeds} histories.");
    }

    [Fact]
    public async Task Either_node_may_come_back_from_an_older_backup()
    {
        var options = new SimulationOptions { Restores = true };
        for (var seed = First; seed < First + (Seeds / 4); seed++)
        {
            await ModelSimulation.RunAsync(seed, options);
        }
    }

    [Fact]
    public async Task Lists_of_what_is_put_aside_move_no_cursor_wherever_they_come_among_acks()
    {
        for (var seed = First; seed < First + (Seeds / 5); seed++)
        {
            await ModelSimulation.RunAsync(seed, new SimulationOptions { Lists = true });
        }
    }

    [Theory]
    [InlineData(SyncMode.Nightly)]
    [InlineData(SyncMode.Live)]
    public async Task Without_crashes_and_losses_every_record_arrives_in_either_mode(SyncMode mode)
    {
        var options = new SimulationOptions { Mode = mode, Crashes = false, IsHostile = false };
        for (var seed = First; seed < First + (Seeds / 10); seed++)
        {
            await ModelSimulation.RunAsync(seed, options);
        }
    }

    [Fact]
    public async Task What_was_changed_behind_the_nodes_backs_is_repaired_by_a_session_that_verifies()
    {
        var options = new SimulationOptions { Corrupts = true };
        for (var seed = First; seed < First + (Seeds / 4); seed++)
        {
            await ModelSimulation.RunAsync(seed, options);
        }
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : otherwise;
}
