using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace Exchange.Node.Generate;

/// <summary>Writes records as the rows of a file that a mapping profile reads.</summary>
/// <param name="columns">Each column's name in the header, and its cell.</param>
internal sealed class CsvLayout<T>(params (string Name, Func<T, string> Cell)[] columns)
{
    /// <summary>Writes a header and one row for each record, streaming.</summary>
    /// <returns>The rows written.</returns>
    public async Task<long> WriteAsync(IEnumerable<T> records, TextWriter text, CancellationToken cancellationToken)
    {
        await using var csv = new CsvWriter(text, new CsvConfiguration(CultureInfo.InvariantCulture), leaveOpen: true);
        foreach (var (name, _) in columns)
        {
            csv.WriteField(name);
        }

        await csv.NextRecordAsync();
        var rows = 0L;
        foreach (var record in records)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var (_, cell) in columns)
            {
                csv.WriteField(cell(record));
            }

            await csv.NextRecordAsync();
            rows++;
        }

        return rows;
    }
}
