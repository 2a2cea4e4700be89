namespace Exchange.Harness;

/// <summary>What was injected, what was survived, and what didn't hold.</summary>
/// <param name="Options">What was asked for.</param>
/// <param name="Engine">The engine.</param>
/// <param name="Faults">By kind of fault.</param>
internal sealed record HarnessReport(
    HarnessOptions Options, string Engine, IReadOnlyDictionary<string, (int Injected, int Survived)> Faults)
{
    private const int MostFindings = 40;

    /// <summary>Every promise that was broken.</summary>
    public required IReadOnlyList<string> Findings { get; init; }

    /// <summary>What was filled up as a full disk.</summary>
    public required string Disk { get; init; }

    /// <summary>What happened meanwhile.</summary>
    public required IReadOnlyList<(string What, long Count)> Counts { get; init; }

    public void Print(TextWriter output)
    {
        output.WriteLine();
        output.WriteLine($"| fault ({Engine}, seed {Options.Seed}) | injected | survived |");
        output.WriteLine("| --- | ---: | ---: |");
        foreach (var (name, (injected, survived)) in Faults)
        {
            output.WriteLine($"| {name} | {injected} | {survived} |");
        }

        output.WriteLine();
        foreach (var (what, count) in Counts)
        {
            output.WriteLine($"{count,12:N0} {what}");
        }

        output.WriteLine($"The full disk was {Disk}.");
        foreach (var finding in Findings.Take(MostFindings))
        {
            output.WriteLine($"FINDING {finding}");
        }

        output.WriteLine(Findings.Count == 0
            ? "Everything held."
            : $"{Findings.Count} findings. Once more with --seed {Options.Seed} --engine {Engine}.");
    }
}
