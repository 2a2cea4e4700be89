using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace Exchange.Node.Imports;

/// <summary>Reads the records of a CSV file in UTF-8 one by one.</summary>
internal static class CsvRecords
{
    /// <summary>The longest cell, in characters. Beyond it a quote was most likely never closed.</summary>
    private const int LongestCell = 1 << 20;

    private static readonly UTF8Encoding StrictUtf8 =
        new(encoderShouldEmitUTF8Identifier: true, throwOnInvalidBytes: true);

    /// <summary>
    /// Returns each record with the line on which it begins, from 1. Records without any filled cell are skipped:
    /// spreadsheets leave them below a table.
    /// </summary>
    /// <exception cref="CsvFormatException">The file can't be read on; the records returned so far stand.</exception>
    public static async IAsyncEnumerable<CsvRecord> ReadAsync(
        Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var badQuotes = false;
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            IgnoreBlankLines = false,
            MaxFieldSize = LongestCell,
            BadDataFound = _ => badQuotes = true,
        };

        // The encoding skips the mark at the start by itself; letting the reader detect it would swap in a lenient
        // decoder.
        using var text = new StreamReader(stream, StrictUtf8, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        using var parser = new CsvParser(text, configuration, leaveOpen: true);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var line = parser.RawRow + 1L;
            badQuotes = false;
            if (!await NextAsync(parser, line))
            {
                yield break;
            }

            var cells = parser.Record!;
            if (!cells.All(string.IsNullOrWhiteSpace))
            {
                yield return new CsvRecord(line, cells, badQuotes);
            }
        }
    }

    private static async Task<bool> NextAsync(CsvParser parser, long line)
    {
        try
        {
            return await parser.ReadAsync();
        }
        catch (DecoderFallbackException exception)
        {
            throw new CsvFormatException(
                $"At or below line {line} the file isn't UTF-8. Save it as CSV UTF-8 and import it again.", exception);
        }
        catch (MaxFieldSizeException exception)
        {
            throw new CsvFormatException(
                $"The record on line {line} has a cell of more than {LongestCell} characters. Close its quotes.",
                exception);
        }
    }
}
