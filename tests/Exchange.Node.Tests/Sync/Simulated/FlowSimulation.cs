using Exchange.Node.Tests.Agreements;
using Exchange.Testing;
using Exchange.Testing.Simulation;

namespace Exchange.Node.Tests.Sync.Simulated;

/// <summary>One history of a region and a city over their real flows, from a seed.</summary>
internal static class FlowSimulation
{
    /// <summary>Runs one seed.</summary>
    /// <param name="seed">Decides everything.</param>
    /// <param name="options">What trouble there is.</param>
    /// <param name="injected">Told every trouble that was made.</param>
    /// <param name="sabotage">Breaks a promise of one of the nodes, for tests of the simulation.</param>
    /// <returns>How many nightly sessions completed.</returns>
    /// <exception cref="SimulationFailedException">A promise was broken.</exception>
    public static async Task<int> RunAsync(
        int seed, SimulationOptions options, Action<string>? injected = null, Action<FlowWorld>? sabotage = null)
    {
        var (here, there) = (new ManualTime(), new ManualTime());
        await using var region = await FlowNode.OpenAsync(SampleAgreements.Region, here);
        await using var city = await FlowNode.OpenAsync(SampleAgreements.Town, there);
        var chance = new Random(seed + 5);
        region.Store.FeedPageSize = city.Store.FeedPageSize = chance.Next(1, 4);
        var world = new FlowWorld(region, city, injected ?? (_ => { })) { Trace = options.Trace };
        sabotage?.Invoke(world);
        var (oracle, writers) = (new FlowOracle(world), new FlowWriters(world));
        var left = new FlowSimulatedNode(
            region, here, world, oracle, writers.WriteRegionAsync, new Random(seed + 3));
        var right = new FlowSimulatedNode(city, there, world, oracle, writers.WriteCityAsync, new Random(seed + 4));
        var (giving, taking) = (new FlowCheck(left, right, oracle), new FlowCheck(right, left, oracle));
        var simulation = new SyncSimulation(left, right, seed, options with { Injected = injected, QuietRounds = 3 })
        {
            Check = async () => world.Broken ?? await giving.BrokenAsync() ?? await taking.BrokenAsync(),
            Compare = async () => world.Broken ?? await giving.DifferentAsync() ?? await taking.DifferentAsync(),
            Promise = () => () => world.Broken,
            Between = async () =>
            {
                if (!world.IsCalm && chance.Next(3) == 0)
                {
                    await right.ReplayAsync();
                }
            },
            Calm = () =>
            {
                // Both clocks are set right, and what was ahead of one of them isn't any longer.
                world.IsCalm = true;
                here.SetUtcNow(new ManualTime().GetUtcNow().AddHours(1));
                there.SetUtcNow(here.GetUtcNow());
                return Task.CompletedTask;
            },
        };
        try
        {
            await simulation.RunAsync();
        }
        catch (Exception exception) when (exception is not SimulationFailedException)
        {
            throw new SimulationFailedException($"{exception}", seed, simulation.Step);
        }

        return simulation.Completed;
    }

    /// <summary>Runs seeds from a first one on until one fails.</summary>
    /// <returns>The failure; null when none of the seeds found one.</returns>
    public static async Task<SimulationFailedException?> HuntAsync(int seeds, Action<FlowWorld> sabotage)
    {
        for (var seed = 1; seed <= seeds; seed++)
        {
            try
            {
                await RunAsync(seed, new SimulationOptions(), sabotage: sabotage);
            }
            catch (SimulationFailedException failure)
            {
                return failure;
            }
        }

        return null;
    }
}
