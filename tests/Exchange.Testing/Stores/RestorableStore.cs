using Exchange.Store.Embedded;
using Exchange.Store.Memory;

namespace Exchange.Testing.Stores;

/// <summary>A store in memory that can be put back to what it was.</summary>
internal sealed class RestorableStore
{
    private readonly string _node;
    private readonly TimeProvider _time;
    private MemoryEngine _engine;

    private RestorableStore(string node, TimeProvider time, MemoryEngine engine, FaultyStore store) =>
        (_node, _time, _engine, Store) = (node, time, engine, store);

    /// <summary>The store; stays the same object.</summary>
    public FaultyStore Store { get; }

    public static async Task<RestorableStore> OpenAsync(string node, TimeProvider time)
    {
        var engine = new MemoryEngine();
        return new RestorableStore(
            node, time, engine, new FaultyStore(await EmbeddedStore.OpenAsync(engine, node, time)));
    }

    /// <summary>Takes a backup; the answer puts the store back to it, in a new epoch, as often as it is called.</summary>
    public Func<Task> BackUp()
    {
        var backup = _engine.Copy();
        return async () =>
        {
            _engine = backup.Copy();
            var restored = await EmbeddedStore.OpenAsync(_engine, _node, _time);
            await restored.BeginEpochAsync(default);
            await Store.ReplaceAsync(restored);
        };
    }
}
