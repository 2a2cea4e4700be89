using Exchange.Node.Imports.Values;

namespace Exchange.Node.Imports.Mapping;

/// <summary>A column that a profile reads.</summary>
/// <param name="Index">Its place among the profile's columns.</param>
/// <param name="Name">Its name in the file's header.</param>
/// <param name="Optional">A file may lack it; its cells are blank then.</param>
/// <param name="Blanks">The words that count as blank in it, in the form of <see cref="WordList.Normal"/>.</param>
internal sealed record ColumnRef(int Index, string Name, bool Optional, IReadOnlySet<string> Blanks);
