namespace Exchange.Node.Imports;

/// <summary>What the caller of an import adds to the profile.</summary>
internal sealed class ImportOptions
{
    public static ImportOptions Default { get; } = new();

    /// <summary>
    /// Columns given for every row, by name: what a whole file is bound to, such as its village. They fill cells that
    /// the file lacks or leaves blank. Default none.
    /// </summary>
    public IReadOnlyDictionary<string, string> Columns { get; init; } = new Dictionary<string, string>();

    /// <summary>The source of external keys instead of the profile's own: <c>dongguan-hr</c>. Default null.</summary>
    public string? Source { get; init; }
}
