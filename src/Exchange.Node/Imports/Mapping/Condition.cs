using System.Globalization;
using Exchange.Node.Imports.Values;

namespace Exchange.Node.Imports.Mapping;

/// <summary>A test of one column.</summary>
internal abstract class Condition(ColumnRef column)
{
    public ColumnRef Column { get; } = column;

    /// <summary>The condition in words, for error texts.</summary>
    public abstract string Words { get; }

    public abstract bool Holds(RowCells cells);

    /// <summary>Whether all of some conditions hold; none always do.</summary>
    public static bool AllHold(IReadOnlyList<Condition> conditions, RowCells cells)
    {
        for (var i = 0; i < conditions.Count; i++)
        {
            if (!conditions[i].Holds(cells))
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>The cell is filled, or is blank.</summary>
internal sealed class FilledCondition(ColumnRef column, bool filled) : Condition(column)
{
    public override string Words => $"{Column.Name} is {(filled ? "filled" : "blank")}";

    public override bool Holds(RowCells cells) => (cells.Text(Column).Length > 0) == filled;
}

/// <summary>The cell holds one of some words, or none of them.</summary>
internal sealed class WordsCondition(ColumnRef column, IEnumerable<string> words, bool among) : Condition(column)
{
    private readonly HashSet<string> _words = new(words.Select(WordList.Normal), StringComparer.OrdinalIgnoreCase);

    public override string Words => $"{Column.Name} is {(among ? "one" : "none")} of {string.Join(", ", _words)}";

    public override bool Holds(RowCells cells) => _words.Contains(WordList.Normal(cells.Text(Column))) == among;
}

/// <summary>The cell says yes, or doesn't; a blank cell doesn't.</summary>
internal sealed class YesCondition(ColumnRef column, bool yes) : Condition(column)
{
    public override string Words => $"{Column.Name} {(yes ? "says" : "doesn't say")} yes";

    public override bool Holds(RowCells cells)
    {
        var text = cells.Text(Column);
        var parsed = text.Length == 0 ? Parsed.Nothing : YesNoText.Default.Read(text);
        if (parsed.Problem is { } problem)
        {
            cells.Fail(Column, problem);
            return false;
        }

        return parsed.Value is true == yes;
    }
}

/// <summary>The cell holds the same as another one.</summary>
internal sealed class SameCondition(ColumnRef column, ColumnRef other) : Condition(column)
{
    public override string Words => $"{Column.Name} is the same as {other.Name}";

    public override bool Holds(RowCells cells) => string.Equals(
        CellText.Code(cells.Text(Column)), CellText.Code(cells.Text(other)), StringComparison.OrdinalIgnoreCase);
}

/// <summary>The cell holds a number between two bounds, both included; a blank cell lies nowhere.</summary>
/// <param name="column">The column.</param>
/// <param name="from">The lower bound; null for none.</param>
/// <param name="to">The upper bound; null for none.</param>
internal sealed class BetweenCondition(ColumnRef column, decimal? from, decimal? to) : Condition(column)
{
    public override string Words => (from, to) switch
    {
        (null, _) => string.Create(CultureInfo.InvariantCulture, $"{Column.Name} is at most {to}"),
        (_, null) => string.Create(CultureInfo.InvariantCulture, $"{Column.Name} is at least {from}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Column.Name} lies between {from} and {to}"),
    };

    public override bool Holds(RowCells cells)
    {
        var text = cells.Text(Column);
        if (text.Length == 0)
        {
            return false;
        }

        if (NumberText.TryDecimal(text, out var number))
        {
            return !(number < from || number > to);
        }

        cells.Fail(Column, "It isn't a number.");
        return false;
    }
}
