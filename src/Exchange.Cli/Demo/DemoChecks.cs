namespace Exchange.Cli.Demo;

/// <summary>What the demo claims, each with whether it held. The demo succeeded if all did.</summary>
internal sealed class DemoChecks
{
    private readonly List<DemoCheck> _all = [];

    public IReadOnlyList<DemoCheck> All => _all;

    /// <summary>Every claim held, and there were some.</summary>
    public bool Ok => _all.Count > 0 && _all.TrueForAll(check => check.Ok);

    /// <summary>Notes a claim.</summary>
    /// <param name="claim">What is claimed, as a sentence.</param>
    /// <param name="holds">Whether it held.</param>
    /// <param name="seen">The figures that show it.</param>
    public void Check(string claim, bool holds, string seen) =>
        _all.Add(new DemoCheck(claim, holds, seen));
}

/// <summary>One claim.</summary>
/// <param name="Claim">What is claimed.</param>
/// <param name="Ok">It held.</param>
/// <param name="Seen">The figures that show it.</param>
internal sealed record DemoCheck(string Claim, bool Ok, string Seen);
