namespace Exchange.Testing.Simulation;

/// <summary>A simulation found a broken promise. The message names it and the seed that finds it again.</summary>
public sealed class SimulationFailedException(string promise, int seed, int step)
    : Exception($"{promise} Reproduce with seed {seed} (step {step}).")
{
    /// <summary>What was broken, without the seed.</summary>
    public string Promise { get; } = promise;
}
