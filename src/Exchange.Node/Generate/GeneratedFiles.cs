using System.Text;

namespace Exchange.Node.Generate;

/// <summary>Writes what is generated as files that are imported and published like real ones.</summary>
internal static class GeneratedFiles
{
    /// <summary>Workers, for the profile <c>village-ledger</c>.</summary>
    public const string Workers = "workers.csv";

    /// <summary>Households, for the profile <c>village-ledger-households</c>.</summary>
    public const string Households = "households.csv";

    /// <summary>Vacancies, for the profile <c>exchange-vacancies</c>.</summary>
    public const string Vacancies = "vacancies.csv";

    /// <summary>
    /// Writes the three files into a directory, which is created if absent; files of these names are replaced.
    /// </summary>
    /// <param name="generator">What is written.</param>
    /// <param name="directory">Where to.</param>
    /// <param name="onRow">Called for each row.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    /// <returns>The rows of each file.</returns>
    public static async Task<IReadOnlyDictionary<string, long>> WriteAsync(
        RecordGenerator generator, string directory, Action onRow, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(directory);
        var (population, market) = (generator.Population, generator.Market);
        var vacancies = market.Vacancies().Select((vacancy, i) => (generator.VacancyKey(i), vacancy));
        return new Dictionary<string, long>
        {
            [Households] = await WriteAsync(
                CsvLayouts.VillageLedgerHouseholds, Counted(population.Households()), Households),
            [Workers] = await WriteAsync(CsvLayouts.VillageLedger, Counted(population.Workers()), Workers),
            [Vacancies] = await WriteAsync(CsvLayouts.Vacancies, Counted(vacancies), Vacancies),
        };

        Task<long> WriteAsync<T>(CsvLayout<T> layout, IEnumerable<T> records, string name) =>
            WriteFileAsync(layout, records, Path.Combine(directory, name), cancellationToken);

        IEnumerable<T> Counted<T>(IEnumerable<T> records)
        {
            foreach (var record in records)
            {
                onRow();
                yield return record;
            }
        }
    }

    private static async Task<long> WriteFileAsync<T>(
        CsvLayout<T> layout, IEnumerable<T> records, string path, CancellationToken cancellationToken)
    {
        // Spreadsheets take a file without the mark at its start for another encoding.
        await using var text = new StreamWriter(
            path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        return await layout.WriteAsync(records, text, cancellationToken);
    }
}
