using Exchange.Node.Imports;
using Exchange.V1;

namespace Exchange.Cli.Agreements;

/// <summary>
/// The county-town pairing as a table that an office keeps: a row a pair, the sending side's division code, the
/// receiving side's, and if the pair began or ends within the agreement its first and last day.
/// </summary>
internal static class PairsFile
{
    private static readonly string[] Columns = ["sending_code", "receiving_code", "from_date", "to_date"];

    /// <exception cref="CommandException">The file isn't such a table.</exception>
    public static async Task<IReadOnlyList<DivisionPair>> ReadAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        var pairs = new List<DivisionPair>();
        var hasHeader = false;
        await foreach (var record in CsvRecords.ReadAsync(file, cancellationToken))
        {
            if (!hasHeader)
            {
                hasHeader = record.Cells.SequenceEqual(Columns.Take(record.Cells.Length)) && record.Cells.Length >= 2
                    ? true
                    : throw new CommandException(
                        ExitCode.Usage, $"'{path}' must begin with the line {string.Join(',', Columns)}.");
                continue;
            }

            pairs.Add(new DivisionPair
            {
                FromCode = Cell(record, 0),
                ToCode = Cell(record, 1),
                ValidFromDate = Day(path, record, 2),
                ValidToDate = Day(path, record, 3),
            });
        }

        return pairs;
    }

    /// <summary>The same pair, for what flows the other way.</summary>
    public static DivisionPair Reversed(DivisionPair pair)
    {
        var reversed = pair.Clone();
        (reversed.FromCode, reversed.ToCode) = (pair.ToCode, pair.FromCode);
        return reversed;
    }

    private static Google.Type.Date? Day(string path, CsvRecord record, int column) =>
        Cell(record, column) is { Length: > 0 } text ? DayOption.Parse(text, $"'{path}' line {record.Line}") : null;

    private static string Cell(CsvRecord record, int column) =>
        column < record.Cells.Length ? record.Cells[column].Trim() : "";
}
