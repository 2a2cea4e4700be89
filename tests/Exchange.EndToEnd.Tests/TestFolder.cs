namespace Exchange.EndToEnd.Tests;

/// <summary>A folder that goes with the test.</summary>
internal sealed class TestFolder : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("exchange-e2e-");

    public string Path => _directory.FullName;

    public string In(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Files below a folder of this one that hold some bytes, by their paths.</summary>
    public IEnumerable<string> FilesWith(string folder, byte[] bytes) =>
        Directory.EnumerateFiles(In(folder), "*", SearchOption.AllDirectories)
            .Where(file => File.ReadAllBytes(file).AsSpan().IndexOf(bytes) >= 0);

    public void Dispose() => _directory.Delete(recursive: true);
}
