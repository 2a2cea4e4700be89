using Exchange.Node.Imports.Values;
using Exchange.V1;

namespace Exchange.Node.Imports.Mapping;

/// <summary>A record that rows refer to by a key of it; the node puts its id into a field.</summary>
/// <param name="Field">The field that takes the id.</param>
/// <param name="Kind">The kind of the record that is referred to.</param>
/// <param name="IdNumber">The column with its person's ID number; null when it is named by its external key.</param>
/// <param name="Source">The source of its external key; null when it is named by its person.</param>
/// <param name="KeyColumns">The columns of its external key.</param>
internal sealed record ReferenceBinding(
    string Field, string Kind, ColumnRef? IdNumber, string? Source, IReadOnlyList<ColumnRef> KeyColumns)
{
    /// <summary>The columns that it is read from.</summary>
    public IReadOnlyList<ColumnRef> Columns => IdNumber is null ? KeyColumns : [IdNumber];

    /// <summary>Returns the reference of a row, or null for none; what is wrong is noted in the cells.</summary>
    public RecordReference? Read(RowCells cells) => IdNumber is null ? ByKey(cells) : ByPerson(IdNumber, cells);

    private RecordReference? ByPerson(ColumnRef column, RowCells cells)
    {
        var text = cells.Text(column);
        if (text.Length == 0)
        {
            return null;
        }

        var parsed = IdText.Number(text);
        if (parsed.Problem is { } problem)
        {
            cells.Fail(column, problem);
            return null;
        }

        return new RecordReference { Field = Field, Kind = Kind, IdNumber = (string)parsed.Value! };
    }

    private RecordReference? ByKey(RowCells cells)
    {
        var parts = KeyColumns.Select(cells.Text).ToList();
        return parts.Exists(part => part.Length == 0)
            ? null
            : new RecordReference
            {
                Field = Field,
                Kind = Kind,
                ExternalKey = new ExternalKey { Source = Source, SourceId = string.Join(':', parts) },
            };
    }
}
