namespace Exchange.Node.Tests.Architecture;

/// <summary>The repository as files.</summary>
internal static class SourceTree
{
    public static string Root { get; } = FindRoot();

    /// <summary>The C# files that people write, as paths relative to the root.</summary>
    public static IEnumerable<string> CSharpFiles(params string[] folders) =>
        folders.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(Root, path))
            .Where(path => !path.Split('/', '\\').Any(part => part is "obj" or "bin"));

    public static string[] Lines(string relative) => File.ReadAllLines(Path.Combine(Root, relative));

    public static string Text(string relative) => File.ReadAllText(Path.Combine(Root, relative));

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Exchange.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new InvalidOperationException("The tests don't run inside the repository.");
    }
}
