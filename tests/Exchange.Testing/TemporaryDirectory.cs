namespace Exchange.Testing;

/// <summary>A directory of its own for one test, removed with it.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("exchange-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
