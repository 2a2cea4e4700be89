namespace Exchange.Node.Generate;

/// <summary>What is generated.</summary>
internal sealed class GeneratorOptions
{
    /// <summary>Workers, 0 to 100,000,000. Default 3,000.</summary>
    public long Workers { get; init; } = 3_000;

    /// <summary>Vacancies, 0 to 10,000,000. Default 500.</summary>
    public long Vacancies { get; init; } = 500;

    /// <summary>The same seed gives the same records. Default 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>
    /// The day as of which people are 16 to 60 and notices are open. Default 2026-01-01; it doesn't follow the
    /// calendar, so that a seed means the same next year.
    /// </summary>
    public DateOnly AsOf { get; init; } = new(2026, 1, 1);

    /// <summary>Everything that is wrong with the options, one sentence each.</summary>
    public IEnumerable<string> Check()
    {
        if (Workers is < 0 or > 100_000_000)
        {
            yield return $"There can be 0 to 100,000,000 workers, not {Workers}.";
        }

        if (Vacancies is < 0 or > 10_000_000)
        {
            yield return $"There can be 0 to 10,000,000 vacancies, not {Vacancies}.";
        }

        if (AsOf.Year is < 1990 or > 2100)
        {
            yield return $"The day must lie between 1990 and 2100, not {AsOf:yyyy-MM-dd}.";
        }
    }
}
