using Exchange.V1;

namespace Exchange.Node.Figures;

/// <summary>What is to be counted, checked and ready.</summary>
/// <param name="Scope">Its scope.</param>
/// <param name="AsOf">The day of the report.</param>
internal sealed record FigurePlan(FigureScope Scope, DateOnly AsOf)
{
    public Partition Partition { get; init; }

    /// <summary>The parts of a partition by divisions: codes, in their order.</summary>
    public IReadOnlyList<string> PartCodes { get; init; } = [];
}

/// <summary>What was counted.</summary>
/// <param name="Value">The number.</param>
/// <param name="Parts">Its parts, by their keys.</param>
/// <param name="Unclassified">What is in none of them.</param>
internal sealed record FigureCounted(long Value, IReadOnlyList<(string Key, long Value)> Parts, long Unclassified);
