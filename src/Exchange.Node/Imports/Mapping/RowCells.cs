using Exchange.Node.Imports.Values;
using Exchange.Node.Standards;

namespace Exchange.Node.Imports.Mapping;

/// <summary>The cells of one record under the columns of a profile, and what was wrong with them.</summary>
/// <param name="raw">The cells in the order of the profile's columns.</param>
/// <param name="stripPinyin">Removes pinyin in brackets from every cell.</param>
internal sealed class RowCells(IReadOnlyList<string> raw, bool stripPinyin)
{
    private readonly List<CellError> _errors = [];
    private readonly string?[] _texts = new string?[raw.Count];

    public IReadOnlyList<CellError> Errors => _errors;

    /// <summary>Counts what was wrong, also what was wrong twice: a change means that a reading failed.</summary>
    public int Failures { get; private set; }

    /// <summary>The cell without outer white space; empty when it is one of the column's blanks.</summary>
    public string Text(ColumnRef column)
    {
        // Several fields read the same column.
        if (_texts[column.Index] is { } known)
        {
            return known;
        }

        var text = CellText.Trimmed(raw[column.Index]);
        if (Mojibake.IsIn(text))
        {
            Fail(column, "It holds a damaged character. Write the word again.");
            return string.Empty;
        }

        text = stripPinyin ? ComparedText.WithoutPinyin(text) : text;
        text = column.Blanks.Count > 0 && column.Blanks.Contains(WordList.Normal(text)) ? string.Empty : text;
        return _texts[column.Index] = text;
    }

    /// <summary>Notes what is wrong with a cell; the same thing only once, however many fields read the cell.</summary>
    public void Fail(ColumnRef column, string reason) => Fail([column], reason);

    /// <summary>Notes what is wrong with several cells together.</summary>
    public void Fail(IReadOnlyList<ColumnRef> columns, string reason)
    {
        Failures++;
        var error = new CellError(
            string.Join("+", columns.Select(column => column.Name)),
            string.Join("+", columns.Select(column => raw[column.Index])),
            reason);
        if (!_errors.Contains(error))
        {
            _errors.Add(error);
        }
    }
}
