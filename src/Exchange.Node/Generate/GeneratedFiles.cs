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
    /// <returns>The rows of each file.</returns>
    public static async Task<IReadOnlyDictionary<string, long>> WriteAsync(
        RecordGenerator generator, string directory, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(directory);
        var (population, market) = (generator.Population, generator.Market);
        var vacancies = market.Vacancies().Select((vacancy, i) => (generator.VacancyKey(i), vacancy));
        return new Dictionary<string, long>
        {
            [Households] = await WriteAsync(
                CsvLayouts.VillageLedgerHouseholds, population.Households(), Households, directory, cancellationToken),
            [Workers] = await WriteAsync(
                CsvLayouts.VillageLedger, population.Workers(), Workers, directory, cancellationToken),
            [Vacancies] = await WriteAsync(
                CsvLayouts.Vacancies, vacancies, Vacancies, directory, cancellationToken),
        };
    }

    private static async Task<long> WriteAsync<T>(
        CsvLayout<T> layout, IEnumerable<T> records, string name, string directory, CancellationToken cancellationToken)
    {
        // Spreadsheets take a file without the mark at its start for another encoding.
        await using var text = new StreamWriter(
            Path.Combine(directory, name), append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        return await layout.WriteAsync(records, text, cancellationToken);
    }
}
