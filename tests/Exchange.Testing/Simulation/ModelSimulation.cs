namespace Exchange.Testing.Simulation;

/// <summary>Runs a simulation over two model nodes, or over what a test made of them.</summary>
internal static class ModelSimulation
{
    /// <summary>Makes a node: its id, its peer's id and its own chance.</summary>
    internal delegate ModelNode NodeFactory(string id, string peer, Random random);

    /// <summary>Runs one seed.</summary>
    /// <returns>How many nightly sessions completed.</returns>
    /// <exception cref="SimulationFailedException">A promise was broken.</exception>
    public static async Task<int> RunAsync(int seed, SimulationOptions options, NodeFactory? make = null)
    {
        make ??= (id, peer, random) => new ModelNode(id, peer, random);
        var left = make("left", "right", new Random(seed + 2));
        var right = make("right", "left", new Random(seed + 3));
        if (options.Restores)
        {
            left.Restored = () => ModelCheck.Restored(left, right);
            right.Restored = () => ModelCheck.Restored(right, left);
        }

        var pair = new SimulatedPair(left, right) { Promise = () => Promise(left, right) };
        var simulation = new SyncSimulation([pair], seed, options)
        {
            Check = _ => Task.FromResult(ModelCheck.Broken(left, right) ?? ModelCheck.Broken(right, left)),
            Compare = () => Task.FromResult(
                ModelCheck.Different(left, right) ?? ModelCheck.Different(right, left)
                ?? left.WrongSums() ?? right.WrongSums()
                ?? ModelCheck.Lost(left) ?? ModelCheck.Lost(right)
                ?? ModelCheck.Receipts(left, right)),
        };
        await simulation.RunAsync();
        return simulation.Completed;
    }

    /// <summary>Runs seeds from a first one on until one fails.</summary>
    /// <returns>The failure; null when none of the seeds found one.</returns>
    public static async Task<SimulationFailedException?> HuntAsync(
        int seeds, SimulationOptions options, NodeFactory? make = null)
    {
        for (var seed = 1; seed <= seeds; seed++)
        {
            try
            {
                await RunAsync(seed, options, make);
            }
            catch (SimulationFailedException failure)
            {
                return failure;
            }
        }

        return null;
    }

    // Whatever was there when a session began, and wasn't touched since, has arrived when both sides say that they have
    // caught up.
    private static Func<string?> Promise(ModelNode left, ModelNode right)
    {
        var (fromLeft, fromRight) = (Given(left), Given(right));
        return () => Missing(fromLeft, left, right) ?? Missing(fromRight, right, left);
    }

    private static List<ModelRecord> Given(ModelNode node) =>
        [.. node.Feed.Records.Values.Where(record => record is { IsVisible: true, IsDeleted: false })];

    private static string? Missing(List<ModelRecord> given, ModelNode giver, ModelNode receiver)
    {
        var missing = given.Find(record =>
            ReferenceEquals(giver.Feed.Records.GetValueOrDefault(record.Id), record)
            && !ModelCheck.IsTouched(giver, receiver, record.Id)
            && (!receiver.Held.TryGetValue(record.Id, out var view) || view.Clock < record.Clock));
        return missing is null
            ? null
            : $"Caught up too early: the session completed, and '{receiver.Id}' lacks {missing}, "
                + "which was there when it began.";
    }
}
