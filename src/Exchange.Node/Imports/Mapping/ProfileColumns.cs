using Exchange.Node.Imports.Values;

namespace Exchange.Node.Imports.Mapping;

/// <summary>Gathers the columns that a profile's parts name.</summary>
internal sealed class ProfileColumns(ProfileFile file)
{
    private readonly List<ColumnRef> _columns = [];

    public IReadOnlyList<ColumnRef> All => _columns;

    /// <summary>Returns the column of a name, adding it on first use.</summary>
    public ColumnRef Use(string name)
    {
        if (_columns.Find(column => column.Name == name) is { } known)
        {
            return known;
        }

        var blanks = file.Blank.Concat(file.BlankIn.GetValueOrDefault(name) ?? []).Select(WordList.Normal);
        var column = new ColumnRef(
            _columns.Count,
            name,
            file.OptionalColumns.Contains(name),
            new HashSet<string>(blanks, StringComparer.OrdinalIgnoreCase));
        _columns.Add(column);
        return column;
    }
}
