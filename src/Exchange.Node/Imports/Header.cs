using Exchange.Node.Imports.Mapping;
using Exchange.Node.Imports.Values;

namespace Exchange.Node.Imports;

/// <summary>The header row of a file.</summary>
/// <param name="Names">The names as the file has them.</param>
internal sealed record Header(IReadOnlyList<string> Names)
{
    /// <summary>Columns that a rejects file adds; they are no part of the original.</summary>
    public static bool IsAdded(string name) => name.StartsWith('_');

    /// <summary>The file was written by the program: its cells are guarded by <see cref="FormulaCells"/>.</summary>
    public bool IsOfRejects => Names.Contains(RejectsFile.ReasonColumn, StringComparer.Ordinal);

    /// <summary>
    /// Finds each of a profile's columns in the file. A name's width, white space and case don't count, nor does the
    /// asterisk with which templates mark required columns.
    /// </summary>
    /// <param name="profile">The profile.</param>
    /// <param name="given">Columns that the caller gives for every row.</param>
    /// <exception cref="ProfileException">Columns are missing or stand in the header twice; all are named.</exception>
    public IReadOnlyList<int> Bind(MappingProfile profile, IReadOnlyDictionary<string, string> given)
    {
        var errors = new List<string>();
        var places = Names.Select((name, place) => (Name: Normal(name), Place: place))
            .Where(column => column.Name.Length > 0)
            .ToLookup(column => column.Name, column => column.Place);
        var bound = profile.Columns.Select(column => Find(column, places, given, errors)).ToList();
        foreach (var name in given.Keys.Except(profile.ColumnNames))
        {
            errors.Add($"The profile reads no column '{name}', which was given for every row.");
        }

        if (errors.Count > 0)
        {
            errors.Add($"The header has: {string.Join(", ", Names)}.");
            throw new ProfileException(profile.Name, errors);
        }

        return bound;
    }

    /// <summary>The form in which column names are compared.</summary>
    public static string Normal(string name) => CellText.Code(name).Trim('*').ToUpperInvariant();

    private static int Find(
        ColumnRef column, ILookup<string, int> places, IReadOnlyDictionary<string, string> given, List<string> errors)
    {
        var found = places[Normal(column.Name)].ToList();
        if (found.Count > 1)
        {
            errors.Add($"The column '{column.Name}' stands in the header {found.Count} times.");
        }
        else if (found.Count == 0 && !column.Optional && !given.ContainsKey(column.Name))
        {
            errors.Add($"The column '{column.Name}' is missing.");
        }

        return found.Count == 0 ? -1 : found[0];
    }
}
