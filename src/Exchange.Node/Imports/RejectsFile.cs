using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using Exchange.Node.Records;
using Exchange.Node.Trust;

namespace Exchange.Node.Imports;

/// <summary>
/// Writes the rows that were refused, by the profile or by the node, with the reasons in columns of their own. Mend the
/// cells and import the file through the same profile; the added columns are ignored, and what keeps cells from being
/// formulas is taken off.
/// </summary>
/// <remarks>The file is made by the first row, so that an import without rejects leaves none.</remarks>
internal sealed class RejectsFile(string path) : IAsyncDisposable
{
    private const string Between = " | ";

    /// <summary>The added column by which such a file is known.</summary>
    public const string ReasonColumn = "_reason";

    private static readonly string[] Added = ["_row", "_column", "_value", ReasonColumn];

    private CsvWriter? _csv;
    private List<int> _columns = [];

    /// <summary>Rows written so far.</summary>
    public long Count { get; private set; }

    /// <summary>Writes a row that the profile refused.</summary>
    public Task WriteAsync(ImportRow row, CancellationToken cancellationToken) =>
        WriteAsync(row.Source, row.Errors, cancellationToken);

    /// <summary>Writes a row that the node refused.</summary>
    public Task WriteAsync(
        SourceRow row,
        MappingProfile profile,
        IEnumerable<FieldViolation> violations,
        CancellationToken cancellationToken)
    {
        var errors = violations.Select(violation =>
        {
            var column = profile.ColumnOf(violation.Field);
            var value = string.Join('+', column.Split('+').Select(name => row[name]));
            return new CellError(column, value, violation.Description);
        });
        return WriteAsync(row, [.. errors], cancellationToken);
    }

    /// <summary>Writes a row with what is wrong with it. All rows must come from files with the same header.</summary>
    public async Task WriteAsync(SourceRow row, IReadOnlyList<CellError> errors, CancellationToken cancellationToken)
    {
        var csv = _csv ??= await OpenAsync(row.Header);
        foreach (var column in _columns)
        {
            csv.WriteField(FormulaCells.Write(row.Cells[column]));
        }

        csv.WriteField(row.Line.ToString(CultureInfo.InvariantCulture));
        csv.WriteField(FormulaCells.Write(string.Join(Between, errors.Select(error => error.Column))));
        csv.WriteField(FormulaCells.Write(string.Join(Between, errors.Select(error => error.Value))));
        csv.WriteField(FormulaCells.Write(string.Join(Between, errors.Select(error => error.Reason))));
        cancellationToken.ThrowIfCancellationRequested();
        await csv.NextRecordAsync();
        Count++;
    }

    public async ValueTask DisposeAsync()
    {
        if (_csv is not null)
        {
            await _csv.DisposeAsync();
        }
    }

    private async Task<CsvWriter> OpenAsync(Header header)
    {
        // Never over an older file: that may be the very one that is being read. Rows hold personal data, so nobody
        // else reads.
        var stream = PrivateFile.Create(path, new FileStreamOptions
        {
            Access = FileAccess.Write,
            Share = FileShare.Read,
            Options = FileOptions.Asynchronous,
        });

        // Spreadsheets take a file without the mark at its start for another encoding.
        var text = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        var csv = new CsvWriter(text, new CsvConfiguration(CultureInfo.InvariantCulture));
        _columns = [.. Enumerable.Range(0, header.Names.Count).Where(i => !Header.IsAdded(header.Names[i]))];
        foreach (var name in _columns.Select(i => header.Names[i]).Concat(Added))
        {
            csv.WriteField(FormulaCells.Write(name));
        }

        await csv.NextRecordAsync();
        return csv;
    }
}
