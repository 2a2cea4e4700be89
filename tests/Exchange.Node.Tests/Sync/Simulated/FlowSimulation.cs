using Exchange.Node.Tests.Agreements;
using Exchange.Testing;
using Exchange.Testing.Simulation;
using Exchange.Testing.Stores;
using Exchange.V1;

namespace Exchange.Node.Tests.Sync.Simulated;

/// <summary>
/// One history of a region, a city and a province over their real flows, from a seed. The region gives to both of the
/// others, and the city gives to both of the others.
/// </summary>
internal sealed class FlowSimulation : IAsyncDisposable
{
    private readonly List<FlowMachine> _machines = [];
    private readonly List<SimulatedPair> _pairs = [];
    private readonly Dictionary<SimulatedPair, FlowCheck[]> _checks = [];
    private readonly Random _chance;
    private readonly int _seed;

    private FlowSimulation(int seed) => (_seed, _chance) = (seed, new Random(seed + 5));

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
        await using var history = new FlowSimulation(seed);
        var world = await history.OpenAsync(injected ?? (_ => { }), options.Trace);
        sabotage?.Invoke(world);
        var simulation = new SyncSimulation(
            history._pairs, seed, options with { Injected = injected, QuietRounds = 4, TroubledSteps = 1_000 })
        {
            Check = async pair => world.Broken ?? await history.BrokenAsync(pair),
            Compare = async () => world.Broken ?? await history.DifferentAsync(world),
            Between = async pair =>
            {
                if (!world.IsCalm && history._chance.Next(2) == 0)
                {
                    var end = history._chance.Next(2) == 0 ? pair.Left : pair.Right;
                    await ((FlowSimulatedNode)end).ReplayAsync();
                }
            },
            Calm = () =>
            {
                world.IsCalm = true;
                history._machines.ForEach(machine => machine.SetRight());
                return Task.CompletedTask;
            },
        };
        try
        {
            await simulation.RunAsync();
        }
        catch (SimulationFailedException) when (options.Trace is not null)
        {
            foreach (var check in history._checks.Values.SelectMany(checks => checks))
            {
                foreach (var line in await check.DescribeAsync())
                {
                    options.Trace(line);
                }
            }

            throw;
        }
        catch (Exception exception) when (exception is not SimulationFailedException)
        {
            throw new SimulationFailedException($"{exception}", seed, simulation.Step);
        }

        return simulation.Completed;
    }

    /// <summary>Runs seeds from a first one on until one breaks a promise; what breaks one may break others too.</summary>
    /// <returns>The seed that found it broken; null when none did.</returns>
    public static async Task<int?> HuntAsync(int first, int seeds, string promise, Action<FlowWorld> sabotage)
    {
        foreach (var seed in Enumerable.Range(first, seeds))
        {
            try
            {
                await RunAsync(seed, new SimulationOptions { QuietSteps = 3_000 }, sabotage: sabotage);
            }
            catch (SimulationFailedException failure) when (
                failure.Promise.Contains(promise, StringComparison.Ordinal))
            {
                return seed;
            }
            catch (SimulationFailedException)
            {
                // Another promise was the first to break.
            }
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var machine in _machines)
        {
            await machine.Node.DisposeAsync();
        }
    }

    private async Task<FlowWorld> OpenAsync(Action<string> injected, Action<string>? trace)
    {
        Agreement[] all = [SampleAgreements.City(), SampleAgreements.Province(), SampleAgreements.Market()];
        string[] names = [SampleAgreements.Region, SampleAgreements.Town, SampleAgreements.Hub];
        var nodes = new List<(FlowNode Node, RestorableStore Store, RestorableStore Keys, ManualTime Time)>();
        var page = _chance.Next(1, 4);
        foreach (var name in names)
        {
            var time = new ManualTime();
            var store = await RestorableStore.OpenAsync(name, time);
            store.Store.FeedPageSize = page;
            var keys = await RestorableStore.OpenAsync(name, time);
            nodes.Add((FlowNode.Open(name, time, store.Store, keys.Store, all), store, keys, time));
        }

        var world = new FlowWorld(nodes[0].Node, nodes[1].Node, nodes[2].Node, injected)
        {
            Restores = _seed % 2 == 0,
            KeepsKeys = _seed % 4 == 0,
            Trace = trace,
        };
        var writers = new FlowWriters(world);
        Func<Random, Task>[] writes = [writers.WriteRegionAsync, writers.WriteCityAsync, _ => Task.CompletedTask];
        for (var i = 0; i < names.Length; i++)
        {
            var (node, store, keys, time) = nodes[i];
            node.Log = new FlowLog(world);
            _machines.Add(new FlowMachine(node, store, keys, time, world, writes[i]) { All = _machines });
        }

        var oracle = new FlowOracle(world);
        Link(world, oracle, _machines[0], _machines[1], SampleAgreements.City);
        Link(world, oracle, _machines[0], _machines[2], SampleAgreements.Province);
        Link(world, oracle, _machines[1], _machines[2], SampleAgreements.Market);
        return world;
    }

    private void Link(
        FlowWorld world, FlowOracle oracle, FlowMachine one, FlowMachine other, Func<uint, Agreement> sample)
    {
        var link = new FlowLink(one.Node, other.Node, sample, world);
        var chance = _seed + (_pairs.Count * 10);
        var left = new FlowSimulatedNode(one, other, link, world, oracle, new Random(chance + 3));
        var right = new FlowSimulatedNode(other, one, link, world, oracle, new Random(chance + 4));
        world.Links.Add(link);
        one.Ends.Add(left);
        other.Ends.Add(right);
        var pair = new SimulatedPair(left, right) { Promise = () => () => world.Broken };
        _checks[pair] = [new FlowCheck(link, left, right, oracle), new FlowCheck(link, right, left, oracle)];
        _pairs.Add(pair);
    }

    private async Task<string?> BrokenAsync(SimulatedPair pair)
    {
        foreach (var check in _checks[pair])
        {
            if (await check.BrokenAsync() is { } broken)
            {
                return broken;
            }
        }

        return null;
    }

    private async Task<string?> DifferentAsync(FlowWorld world)
    {
        foreach (var check in _checks.Values.SelectMany(checks => checks))
        {
            if (await check.DifferentAsync() is { } different)
            {
                return different;
            }
        }

        foreach (var machine in _machines)
        {
            if (await world.Returns.BrokenAsync(machine.Node) is { } broken)
            {
                return broken;
            }
        }

        return null;
    }
}
