namespace Exchange.Cli.Demo;

/// <summary>What the demo did and found; its JSON.</summary>
internal sealed record DemoReport
{
    /// <summary>Every check held.</summary>
    public bool Ok { get; init; }

    public double Seconds { get; init; }

    public IReadOnlyList<DemoNode> Nodes { get; init; } = [];

    /// <summary>Sync sessions.</summary>
    public ulong Sessions { get; init; }

    /// <summary>Sessions that went on where a cut one had stopped.</summary>
    public ulong Resumed { get; init; }

    /// <summary>Changes that crossed, both ways together.</summary>
    public ulong Changes { get; init; }

    /// <summary>Vacancies that the receiving side's node accepted.</summary>
    public long Published { get; init; }

    /// <summary>Rows of the vacancies' file that were refused, with their reasons.</summary>
    public long Rejected { get; init; }

    /// <summary>Vacancies that the sending side's node holds of the other.</summary>
    public long Received { get; init; }

    /// <summary>Workers that the sending side's node holds.</summary>
    public long Workers { get; init; }

    /// <summary>Workers that the receiving side never saw.</summary>
    public long Withheld { get; init; }

    /// <summary>Workers who were referred, and so crossed, masked.</summary>
    public long Crossed { get; init; }

    /// <summary>Workers whose start was confirmed from the other side.</summary>
    public long Placed { get; init; }

    public DemoLatency PublishToSeen { get; init; } = DemoLatency.None;

    public IReadOnlyList<DemoCheck> Checks { get; init; } = [];

    /// <summary>Why the demo couldn't go on; null when it went to its end.</summary>
    public string? Error { get; init; }
}

/// <summary>One node at the end.</summary>
/// <param name="Node">Its id.</param>
/// <param name="Engine">The storage engine.</param>
/// <param name="Position">The newest position of its feed.</param>
/// <param name="Records">Live records by kind.</param>
/// <param name="GivenDigest">The digest of what it gave to the other.</param>
/// <param name="HeldDigest">The digest of what it holds from the other; equal to the other's given one.</param>
internal sealed record DemoNode(
    string Node,
    string Engine,
    ulong Position,
    IReadOnlyDictionary<string, long> Records,
    string? GivenDigest,
    string? HeldDigest);

/// <summary>How long it took from publishing a vacancy on one node to seeing it on the other.</summary>
/// <param name="Count">How many were measured.</param>
/// <param name="P50Ms">Half of them were faster, in milliseconds.</param>
/// <param name="P99Ms">99 of 100 were faster, in milliseconds.</param>
internal sealed record DemoLatency(int Count, double P50Ms, double P99Ms)
{
    public static DemoLatency None { get; } = new(0, 0, 0);

    public static DemoLatency Of(IEnumerable<TimeSpan> spans)
    {
        var sorted = spans.Select(span => span.TotalMilliseconds).Order().ToList();
        return sorted.Count == 0 ? None : new DemoLatency(sorted.Count, At(sorted, 0.5), At(sorted, 0.99));
    }

    private static double At(List<double> sorted, double share) =>
        Math.Round(sorted[Math.Min(sorted.Count - 1, (int)Math.Ceiling(share * sorted.Count) - 1)], 2);
}
