using Exchange.Store;
using Xunit;

namespace Exchange.Testing.Stores;

/// <summary>
/// What every store must do. An engine is tested by a class that opens one; xunit makes an instance for each test, so
/// each test has its own data.
/// </summary>
public abstract partial class StoreConformance : IAsyncLifetime
{
    protected const string Node = "node-a";

    private IRecordStore? _store;

    protected ManualTime Time { get; } = new();

    protected IRecordStore Store => _store ?? throw new InvalidOperationException("The store isn't open.");

    /// <summary>Opens this test's data: empty the first time, and later what the store before has left.</summary>
    protected abstract Task<IRecordStore> OpenAsync(string node, TimeProvider time);

    public virtual async Task InitializeAsync() => _store = await OpenAsync(Node, Time);

    public virtual async Task DisposeAsync() => await Store.DisposeAsync();

    /// <summary>Closes the store and opens it again.</summary>
    protected async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        _store = await OpenAsync(Node, Time);
    }
}
