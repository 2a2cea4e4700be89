namespace Exchange.Testing.Simulation;

/// <summary>Two ends that have sessions with each other. A node has an end in each pair that it is part of.</summary>
internal sealed record SimulatedPair(ISimulatedNode Left, ISimulatedNode Right)
{
    /// <summary>Called when a session begins; returns what to ask when it has completed on both sides.</summary>
    public Func<Func<string?>> Promise { get; init; } = () => () => null;
}
