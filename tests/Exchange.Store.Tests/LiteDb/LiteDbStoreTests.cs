using Exchange.Store.Embedded;
using Exchange.Store.LiteDb;
using Exchange.Testing;
using Exchange.Testing.Stores;

namespace Exchange.Store.Tests.LiteDb;

/// <summary>The suite over LiteDB, in a directory of each test's own.</summary>
public sealed class LiteDbStoreTests : StoreConformance, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    protected override Task<IRecordStore> OpenAsync(string node, TimeProvider time) =>
        RecordStores.OpenAsync(new StoreOptions(_directory.Path, node, "litedb"), time, CancellationToken.None);
}

public sealed class LiteDbEngineFailures : EngineFailures, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    internal override IStorageEngine Open() =>
        LiteDbEngine.Open(Path.Combine(_directory.Path, LiteDbEngine.FileName));
}

public sealed class LiteDbGroupCommits : GroupCommits, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    internal override IStorageEngine Open() =>
        LiteDbEngine.Open(Path.Combine(_directory.Path, LiteDbEngine.FileName));
}
