using Exchange.Store.Embedded;
using Exchange.Store.Memory;
using Exchange.Testing.Stores;

namespace Exchange.Store.Tests;

/// <summary>
/// The suite over the in-memory engine; reopening keeps the engine, which is all that memory can keep.
/// </summary>
public sealed class MemoryStoreTests : StoreConformance, IDisposable
{
    private readonly MemoryEngine _engine = new();

    public void Dispose() => _engine.Dispose();

    protected override async Task<IRecordStore> OpenAsync(string node, TimeProvider time) =>
        await EmbeddedStore.OpenAsync(_engine, node, time);
}
