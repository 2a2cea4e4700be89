using Exchange.V1;

namespace Exchange.Testing.Simulation;

/// <summary>What kinds of trouble a simulation makes.</summary>
internal sealed record SimulationOptions
{
    /// <summary>The mode of every session; null lets the seed choose.</summary>
    public SyncMode? Mode { get; init; }

    /// <summary>Steps with trouble, before all is quiet.</summary>
    public int TroubledSteps { get; init; } = 600;

    /// <summary>Steps that the quiet part may take at most.</summary>
    public int QuietSteps { get; init; } = 20_000;

    /// <summary>Sessions that the quiet part may take at most.</summary>
    public int QuietRounds { get; init; } = 1;

    /// <summary>Whether wires lose, repeat and reorder frames.</summary>
    public bool IsHostile { get; init; } = true;

    /// <summary>Whether nodes crash.</summary>
    public bool Crashes { get; init; } = true;

    /// <summary>Whether a node that crashes may come back as it was at an earlier backup.</summary>
    public bool Restores { get; init; }

    /// <summary>Whether each side tells at a session's start what it put aside.</summary>
    public bool Lists { get; init; }

    /// <summary>
    /// Whether stored records, register rows and sums are changed behind the nodes' backs. The last session verifies
    /// then, and both must hold the same after it.
    /// </summary>
    public bool Corrupts { get; init; }

    /// <summary>Changes frames on their way from a node; for faults on purpose. Null drops the frame.</summary>
    public Func<string, SyncFrame, SyncFrame?>? Tamper { get; init; }

    /// <summary>Told every trouble that was made, for whoever counts it.</summary>
    public Action<string>? Injected { get; init; }

    /// <summary>Told every input and action, for whoever looks into a failing seed.</summary>
    public Action<string>? Trace { get; init; }
}
