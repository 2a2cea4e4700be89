using Exchange.Node.Imports.Values;

namespace Exchange.Node.Imports.Mapping;

/// <summary>Makes one value of a record's cells.</summary>
internal abstract class Reading
{
    /// <summary>The file says that there is nothing to store, which isn't the same as a blank cell.</summary>
    public static readonly object Nothing = new();

    /// <summary>What must hold for this reading to apply.</summary>
    public IReadOnlyList<Condition> When { get; init; } = [];

    /// <summary>The columns that it reads, apart from conditions.</summary>
    public abstract IReadOnlyList<ColumnRef> Columns { get; }

    /// <summary>
    /// Returns the value, <see cref="Nothing"/>, or null for blank; what can't be read is noted in <paramref
    /// name="cells"/>.
    /// </summary>
    public abstract object? Read(RowCells cells);

    public bool Applies(RowCells cells) => Condition.AllHold(When, cells);
}

/// <summary>The same value for every row.</summary>
internal sealed class ConstantReading(object value) : Reading
{
    public override IReadOnlyList<ColumnRef> Columns => [];

    public override object? Read(RowCells cells) => value;
}

/// <summary>The value of one cell.</summary>
internal sealed class CellReading(ColumnRef column, Func<string, Parsed> parse) : Reading
{
    public override IReadOnlyList<ColumnRef> Columns { get; } = [column];

    public override object? Read(RowCells cells)
    {
        var text = cells.Text(column);
        if (text.Length == 0)
        {
            return null;
        }

        var parsed = parse(text);
        if (parsed.Problem is { } problem)
        {
            cells.Fail(column, problem);
            return null;
        }

        return parsed.Value ?? Nothing;
    }
}

/// <summary>An amount of money whose currency stands in a column of its own.</summary>
internal sealed class MoneyReading(ColumnRef amount, ColumnRef currency, Func<long, Parsed> fit) : Reading
{
    public override IReadOnlyList<ColumnRef> Columns { get; } = [amount];

    public override object? Read(RowCells cells)
    {
        var text = cells.Text(amount);
        if (text.Length == 0)
        {
            return null;
        }

        var code = CellText.Code(cells.Text(currency)).ToUpperInvariant();
        if (Currencies.Decimals(code) is null)
        {
            cells.Fail(currency, $"It isn't a currency that is known: {string.Join(", ", Currencies.All)}.");
            return null;
        }

        var parsed = NumberText.Money(text, code);
        parsed = parsed.Value is long minor ? fit(minor) : parsed;
        if (parsed.Problem is { } problem)
        {
            cells.Fail(amount, problem);
        }

        return parsed.Value;
    }
}

/// <summary>The values of several readings as one text; blank ones are left out.</summary>
internal sealed class JoinReading(IReadOnlyList<(string Prefix, Reading Reading)> parts, string separator) : Reading
{
    public override IReadOnlyList<ColumnRef> Columns { get; } = [.. parts.SelectMany(part => part.Reading.Columns)];

    public override object? Read(RowCells cells)
    {
        var words = new List<string>(parts.Count);
        foreach (var (prefix, reading) in parts)
        {
            if (reading.Applies(cells) && reading.Read(cells) is { } value && value != Nothing)
            {
                words.Add(prefix + value);
            }
        }

        return words.Count == 0 ? null : string.Join(separator, words);
    }
}
