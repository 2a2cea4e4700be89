using Exchange.Node.Imports.Mapping;
using Exchange.V1;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Exchange.Node.Imports;

/// <summary>How the rows of one kind of file become records; valid, and bound to a kind's message.</summary>
internal sealed class MappingProfile
{
    /// <summary>The profile's name, such as <c>h2b-fy2019</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What files it is for, in a sentence.</summary>
    public required string Description { get; init; }

    /// <summary>The kind of the records, such as <c>vacancy</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The payload's message.</summary>
    public required MessageDescriptor Descriptor { get; init; }

    /// <summary>
    /// The system named in external keys; null when rows have no key and the node finds records by person.
    /// </summary>
    public required string? Source { get; init; }

    /// <summary>
    /// The fields that a row tells something of, so that an import leaves the others as they are. A list counts as a
    /// whole.
    /// </summary>
    public FieldMask UpdateMask => new()
    {
        Paths = { Bindings.Select(binding => binding.Target.Path.Split('[')[0]).Distinct(StringComparer.Ordinal) },
    };

    /// <summary>The columns that the profile reads, by their names in the header.</summary>
    public IEnumerable<string> ColumnNames => Columns.Select(column => column.Name);

    internal required IReadOnlyList<ColumnRef> KeyColumns { get; init; }

    internal required IReadOnlyList<ColumnRef> Columns { get; init; }

    internal required IReadOnlyList<FieldBinding> Bindings { get; init; }

    internal required IReadOnlyList<ReferenceBinding> References { get; init; }

    internal required MessageSlots Slots { get; init; }

    internal required bool StripPinyin { get; init; }

    /// <summary>
    /// The column that a field of the payload is read from, or the path itself when it is read from none: what the node
    /// finds wrong with a field is shown to the clerk beside the cell.
    /// </summary>
    public string ColumnOf(string path)
    {
        if (path.StartsWith("record.external_key", StringComparison.Ordinal) && KeyColumns.Count > 0)
        {
            return string.Join("+", KeyColumns.Select(column => column.Name));
        }

        if (path.StartsWith("references[", StringComparison.Ordinal))
        {
            var columns = References.SelectMany(reference => reference.Columns);
            return string.Join("+", columns.Select(column => column.Name).Distinct());
        }

        for (var part = path; part.Length > 0; part = part[..Math.Max(part.LastIndexOf('.'), 0)])
        {
            var columns = Bindings
                .Where(binding => IsAtOrBelow(binding.Target.Path, part))
                .SelectMany(binding => binding.Columns)
                .Select(column => column.Name)
                .Distinct()
                .ToList();
            if (columns.Count > 0)
            {
                return string.Join("+", columns);
            }
        }

        return path;
    }

    /// <summary>Maps the cells of one record. Null when something is wrong with them; the cells say what.</summary>
    internal ImportDraft? Map(RowCells cells)
    {
        var draft = Slots.Start();
        foreach (var binding in Bindings)
        {
            if (binding.Read(cells) is { } value)
            {
                draft.Set(binding.Target.Slot, binding.Target.Field, value);
            }
        }

        var key = Key(cells);
        var references = References.Select(reference => reference.Read(cells)).OfType<RecordReference>().ToList();
        return cells.Failures == 0 ? new ImportDraft(Kind, key, draft.Root, references) : null;
    }

    private ExternalKey? Key(RowCells cells)
    {
        if (Source is null)
        {
            return null;
        }

        var parts = KeyColumns.Select(cells.Text).ToList();
        foreach (var column in KeyColumns.Where((_, i) => parts[i].Length == 0))
        {
            cells.Fail(column, "It is blank, and the row's external key needs it.");
        }

        return new ExternalKey { Source = Source, SourceId = string.Join(':', parts) };
    }

    private static bool IsAtOrBelow(string path, string part) =>
        path.StartsWith(part, StringComparison.Ordinal)
        && (path.Length == part.Length || path[part.Length] is '.' or '[');
}
