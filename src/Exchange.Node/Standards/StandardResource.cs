namespace Exchange.Node.Standards;

/// <summary>The tables that are built into the program.</summary>
internal static class StandardResource
{
    /// <summary>Returns the lines of a table of the folder Resources.</summary>
    public static IEnumerable<string> Lines(string name)
    {
        using var stream = typeof(StandardResource).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The program was built without its table '{name}'.");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }
}
