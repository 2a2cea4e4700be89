using Xunit;

namespace Exchange.Node.Tests.Imports;

/// <summary>Finds the real files, which lie beside the repository where there are any.</summary>
internal static class SharedData
{
    /// <summary>The path of a file under <c>shared/data</c>; without it the test is skipped and says why.</summary>
    public static string Path(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = System.IO.Path.Combine(folder.FullName, "shared", "data", name);
            if (File.Exists(path))
            {
                return path;
            }
        }

        throw new SkipException($"shared/data/{name} lies in no folder above the tests.");
    }
}
