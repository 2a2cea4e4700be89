using Exchange.Node.Imports;

namespace Exchange.Cli.Demo;

/// <summary>How large the demo is, and what it reads.</summary>
/// <param name="Vacancies">A file of vacancies; null generates them.</param>
/// <param name="Profile">The mapping profile of the file.</param>
/// <param name="Workers">How many workers are generated.</param>
internal sealed record DemoOptions(string? Vacancies, string? Profile, int Workers)
{
    private const int MostBatchChanges = 1000;

    // So that a line that is cut in the middle has let some batches through, whatever the size of the file.
    private const int Batches = 8;

    /// <summary>Vacancies generated when no file is given.</summary>
    public const int GeneratedVacancies = 3000;

    public const int DefaultWorkers = 2000;

    /// <summary>Vacancies published one after the other while the other side watches.</summary>
    public const int LiveVacancies = 300;

    /// <summary>Workers who are referred to a vacancy.</summary>
    public const int Referred = 20;

    /// <summary>Of these, workers whose start is confirmed from the other side.</summary>
    public const int Placed = 10;

    public const string Sending = "zhaotong";
    public const string Receiving = "dongguan";

    /// <summary>The most changes of a batch.</summary>
    public async Task<int> BatchChangesAsync(CancellationToken cancellationToken) =>
        Math.Clamp(await RowsAsync(cancellationToken) / Batches, 1, MostBatchChanges);

    private async Task<int> RowsAsync(CancellationToken cancellationToken)
    {
        if (Vacancies is null)
        {
            return GeneratedVacancies;
        }

        await using var file = File.OpenRead(Vacancies);
        return await CsvRecords.ReadAsync(file, cancellationToken).CountAsync(cancellationToken);
    }
}
