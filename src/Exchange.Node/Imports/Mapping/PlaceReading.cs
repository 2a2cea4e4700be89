using Exchange.Node.Standards;
using Exchange.V1;

namespace Exchange.Node.Imports.Mapping;

/// <summary>
/// A place: the words of several cells, and the division's code from one more. Without words a code that is known gives
/// its own name.
/// </summary>
internal sealed class PlaceReading(IReadOnlyList<ColumnRef> words, string separator, ColumnRef? code) : Reading
{
    public override IReadOnlyList<ColumnRef> Columns { get; } = code is null ? words : [.. words, code];

    public override object? Read(RowCells cells)
    {
        var text = string.Join(separator, words.Select(cells.Text).Where(word => word.Length > 0));
        var digits = code is null ? string.Empty : Code(cells, code);
        if (text.Length == 0 && digits.Length == 0)
        {
            return null;
        }

        return new Place { DivisionCode = digits, Words = text.Length > 0 ? text : Divisions.FullName(digits) };
    }

    private static string Code(RowCells cells, ColumnRef code)
    {
        var text = cells.Text(code);
        if (!Divisions.TryNormalise(text, out var digits) && text.Length > 0)
        {
            cells.Fail(code, "isn't a division code of 2, 4, 6, 9 or 12 digits");
        }

        return digits;
    }
}
