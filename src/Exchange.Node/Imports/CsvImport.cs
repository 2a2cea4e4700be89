using System.Runtime.CompilerServices;
using Exchange.Node.Imports.Mapping;

namespace Exchange.Node.Imports;

/// <summary>Reads a CSV file through a mapping profile, row by row, in constant memory.</summary>
internal static class CsvImport
{
    /// <summary>
    /// Maps every record below the header row, in the file's order. A record that can't be mapped is returned with all
    /// of its errors; the others go on.
    /// </summary>
    /// <param name="stream">The file: UTF-8, with or without byte order mark, one header row.</param>
    /// <param name="profile">The profile.</param>
    /// <param name="options">What the caller adds.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ProfileException">The header doesn't fit the profile. Nothing was read.</exception>
    /// <exception cref="CsvFormatException">The file can't be read on; the rows returned so far stand.</exception>
    public static async IAsyncEnumerable<ImportRow> ReadAsync(
        Stream stream,
        MappingProfile profile,
        ImportOptions options,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        FileRows? rows = null;
        await foreach (var record in CsvRecords.ReadAsync(stream, cancellationToken))
        {
            if (rows is null)
            {
                rows = new FileRows(Names(record), profile, options);
            }
            else
            {
                yield return rows.Map(record);
            }
        }

        if (rows is null)
        {
            throw new CsvFormatException("The file is empty; it needs a header row.");
        }
    }

    /// <inheritdoc cref="ReadAsync(Stream, MappingProfile, ImportOptions, CancellationToken)"/>
    public static IAsyncEnumerable<ImportRow> ReadAsync(
        Stream stream, MappingProfile profile, CancellationToken cancellationToken) =>
        ReadAsync(stream, profile, ImportOptions.Default, cancellationToken);

    private static Header Names(CsvRecord record) => record.HasStrayQuote
        ? throw new CsvFormatException($"The header on line {record.Line} has a stray quote.")
        : new Header(record.Cells) is { IsOfRejects: true } rejects
            ? new Header([.. rejects.Names.Select(FormulaCells.Read)])
            : new Header(record.Cells);

    /// <summary>The rows of one file, bound to the profile's columns.</summary>
    private sealed class FileRows
    {
        private readonly Header _header;
        private readonly MappingProfile _profile;
        private readonly IReadOnlyList<int> _places;
        private readonly IReadOnlyList<string> _given;
        private readonly string? _source;
        private long _record;

        public FileRows(Header header, MappingProfile profile, ImportOptions options)
        {
            _header = header;
            _profile = profile;
            _places = header.Bind(profile, options.Columns);
            _given = [.. profile.Columns.Select(column => options.Columns.GetValueOrDefault(column.Name, ""))];
            _source = options.Source;
        }

        public ImportRow Map(CsvRecord record)
        {
            var source = new SourceRow(_header, ++_record, record.Line, Fitted(record.Cells));
            if (Shape(record) is { } shape)
            {
                return new ImportRow(source, null, [shape]);
            }

            var row = new RowCells(Ordered(source.Cells), _profile.StripPinyin);
            var draft = _profile.Map(row);
            if (draft?.ExternalKey is { } key && _source is not null)
            {
                key.Source = _source;
            }

            return new ImportRow(source, draft, row.Errors);
        }

        /// <summary>Says what is wrong with a record as a whole; null when it has the header's shape.</summary>
        private CellError? Shape(CsvRecord record)
        {
            if (record.HasStrayQuote)
            {
                return new CellError("", "", "A quote isn't closed, or stands inside a cell that isn't quoted.");
            }

            // What the header has no column for is shown as the value, because the rejects file has no column for it
            // either.
            var (cells, wanted) = (record.Cells, _header.Names.Count);
            var surplus = string.Join(',', cells.Skip(wanted));
            return cells.Length < wanted || surplus.Trim(',').Length > 0
                ? new CellError("", surplus, $"The row has {cells.Length} cells; the header has {wanted}.")
                : null;
        }

        private string[] Fitted(string[] cells) =>
            [.. _header.Names.Select((_, i) => i >= cells.Length ? string.Empty
                : _header.IsOfRejects ? FormulaCells.Read(cells[i]) : cells[i])];

        private string[] Ordered(IReadOnlyList<string> cells)
        {
            var ordered = new string[_places.Count];
            for (var i = 0; i < ordered.Length; i++)
            {
                var cell = _places[i] < 0 ? string.Empty : cells[_places[i]];
                ordered[i] = string.IsNullOrWhiteSpace(cell) ? _given[i] : cell;
            }

            return ordered;
        }
    }
}
