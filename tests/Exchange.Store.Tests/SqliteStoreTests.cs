using Exchange.Testing;
using Exchange.Testing.Stores;

namespace Exchange.Store.Tests;

/// <summary>The suite over SQLite, in a directory of each test's own.</summary>
public sealed class SqliteStoreTests : StoreConformance, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    protected override Task<IRecordStore> OpenAsync(string node, TimeProvider time) =>
        RecordStores.OpenAsync(new StoreOptions(_directory.Path, node, "sqlite"), time, CancellationToken.None);
}
