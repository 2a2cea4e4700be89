namespace Exchange.Node.Imports.Values;

/// <summary>What a cell's text turned out to be: a value, nothing to store, or unreadable.</summary>
/// <param name="Value">The value; null when there is nothing to store or the text can't be read.</param>
/// <param name="Problem">Why the text can't be read and what to write instead, without the text itself; otherwise
/// null.</param>
internal readonly record struct Parsed(object? Value, string? Problem)
{
    /// <summary>Nothing to store, by the profile's own word.</summary>
    public static Parsed Nothing => default;

    public static Parsed Of(object value) => new(value, null);

    public static Parsed Unreadable(string problem) => new(null, problem);
}
