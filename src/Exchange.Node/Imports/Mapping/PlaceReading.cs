using Exchange.Node.Standards;
using Exchange.V1;

namespace Exchange.Node.Imports.Mapping;

/// <summary>
/// A place: the words of several cells, and the division's code from one more. Without words the name of the nearest
/// known division stands for them; without a code that of the one division whose whole name the words are.
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

        return new Place
        {
            DivisionCode = digits.Length > 0 ? digits : PlaceNames.CodeOf(text),
            Words = text.Length > 0 ? text : Name(digits),
        };
    }

    /// <summary>The name of a code, or of the division above it: the built-in table ends at townships.</summary>
    private static string Name(string digits)
    {
        for (var code = digits; code.Length > 0; code = Divisions.ParentOf(code))
        {
            if (Divisions.FullName(code) is { Length: > 0 } name)
            {
                return name;
            }
        }

        return digits;
    }

    private static string Code(RowCells cells, ColumnRef code)
    {
        var text = cells.Text(code);
        if (!Divisions.TryNormalise(text, out var digits) && text.Length > 0)
        {
            cells.Fail(code, "It isn't a division code of 2, 4, 6, 9 or 12 digits.");
        }

        return digits;
    }
}
