namespace Exchange.Node.Imports.Mapping;

/// <summary>A target field with the readings that may fill it, of which the first that applies is taken.</summary>
/// <param name="Target">The field.</param>
/// <param name="Required">A row without a value is refused.</param>
/// <param name="RequiredWhen">What must hold for the value to be required; empty for always.</param>
/// <param name="When">What must hold for the field to be read at all.</param>
/// <param name="Cases">The readings.</param>
internal sealed record FieldBinding(
    FieldTarget Target,
    bool Required,
    IReadOnlyList<Condition> RequiredWhen,
    IReadOnlyList<Condition> When,
    IReadOnlyList<Reading> Cases)
{
    /// <summary>The columns to show for what is wrong with the field, in the order of the profile.</summary>
    public IEnumerable<ColumnRef> Columns => Cases.SelectMany(reading => reading.Columns)
        .Concat(Cases.SelectMany(reading => reading.When).Concat(When).Select(condition => condition.Column))
        .Distinct();

    /// <summary>Returns the field's value in a row, or null for none; what is wrong is noted in the cells.</summary>
    public object? Read(RowCells cells)
    {
        if (!Condition.AllHold(When, cells))
        {
            return null;
        }

        var failures = cells.Failures;
        var reading = Cases.Count == 1 && Cases[0].When.Count == 0
            ? Cases[0]
            : Cases.FirstOrDefault(candidate => candidate.Applies(cells));
        var value = reading?.Read(cells);
        if (value is null && Required && cells.Failures == failures
            && Condition.AllHold(RequiredWhen, cells))
        {
            Miss(cells, reading);
        }

        return value == Reading.Nothing ? null : value;
    }

    private void Miss(RowCells cells, Reading? reading)
    {
        var conditions = When.Concat(RequiredWhen).Concat(reading?.When ?? []).Select(test => test.Words).ToList();
        var condition = conditions.Count == 0 ? string.Empty : $" when {string.Join(" and ", conditions)}";
        if (reading is not null)
        {
            cells.Fail(reading.Columns, $"It is blank, and {Target.Path} is required{condition}.");
            return;
        }

        var cases = Cases.SelectMany(candidate => candidate.When).ToList();
        cells.Fail(
            [.. cases.Select(test => test.Column).Distinct()],
            $"It fits none of the cases for {Target.Path}: {string.Join("; ", cases.Select(test => test.Words))}.");
    }
}
