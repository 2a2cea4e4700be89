using Exchange.Store;
using Exchange.Store.Embedded;
using Exchange.Store.Memory;

namespace Exchange.Testing.Stores;

/// <summary>A store in memory in which something happens between each read and its answer.</summary>
internal static class MeanwhileStore
{
    /// <summary>Opens one.</summary>
    /// <param name="node">The node whose store it is.</param>
    /// <param name="time">The time.</param>
    /// <param name="afterRead">What happens.</param>
    public static async Task<IRecordStore> OpenAsync(string node, TimeProvider time, Func<Task> afterRead) =>
        await EmbeddedStore.OpenAsync(new Engine(new MemoryEngine(), afterRead), node, time);

    private sealed class Engine(MemoryEngine inner, Func<Task> afterRead) : IStorageEngine
    {
        public string Name => inner.Name;

        public bool CommitsInline => inner.CommitsInline;

        public IEngineWriter Writer => inner.Writer;

        public void Recover() => inner.Recover();

        public async ValueTask<TResult> ReadAsync<TArgument, TResult>(
            TArgument argument, Func<IEngineView, TArgument, TResult> read, CancellationToken cancellationToken)
        {
            var answer = await inner.ReadAsync(argument, read, cancellationToken);
            await afterRead();
            return answer;
        }

        public void Dispose() => inner.Dispose();
    }
}
