namespace Exchange.Testing.Histories;

/// <summary>One flow from a home to a partner, as it stands after quiet, and everything that was acknowledged.</summary>
/// <param name="Name">Which flow, in findings.</param>
internal sealed record Replicated(string Name)
{
    /// <summary>What the home acknowledged, in order: whose record by its writer's own key, and what it was to say.</summary>
    public IReadOnlyList<(string Key, string Content)> Acknowledged { get; init; } = [];

    /// <summary>Every live record at the home.</summary>
    public IReadOnlyList<RecordCopy> Home { get; init; } = [];

    /// <summary>Every live record of that home at the partner.</summary>
    public IReadOnlyList<RecordCopy> Partner { get; init; } = [];

    /// <summary>The ids that may be at the partner; null for all.</summary>
    public IReadOnlySet<string>? Scope { get; init; }

    /// <summary>Texts that must never cross, as a tap on the line saw them.</summary>
    public IReadOnlyList<string> SeenOnTheWire { get; init; } = [];

    /// <summary>Whether the digests agreed, and what a full count found to repair.</summary>
    public (bool Match, ulong Repaired) Digests { get; init; } = (true, 0);
}

/// <summary>A record where it is held.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Key">Its writer's own key; empty where the partner doesn't get it.</param>
/// <param name="Content">What it says, or as much of it as crosses.</param>
/// <param name="Version">Its version.</param>
internal sealed record RecordCopy(string Id, string Key, string Content, string Version);
