using Exchange.Store.Embedded;

namespace Exchange.Store.Memory;

/// <summary>
/// Keeps everything in memory, for tests and the simulation. Commits and reads happen on the caller's thread.
/// </summary>
internal sealed class MemoryEngine : IStorageEngine
{
    private readonly Lock _lock = new();
    private readonly MemoryWriter _writer;

    public MemoryEngine() => _writer = new MemoryWriter(_lock);

    public static string EngineName => "memory";

    public string Name => EngineName;

    public bool CommitsInline => true;

    public IEngineWriter Writer => _writer;

    public ValueTask<TResult> ReadAsync<TArgument, TResult>(
        TArgument argument, Func<IEngineView, TArgument, TResult> read, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            return ValueTask.FromResult(read(_writer, argument));
        }
    }

    /// <summary>Another engine with what is committed by now: how a simulation takes a backup.</summary>
    public MemoryEngine Copy()
    {
        var copy = new MemoryEngine();
        lock (_lock)
        {
            copy._writer.Fill(_writer);
        }

        return copy;
    }

    public void Recover()
    {
    }

    public void Dispose()
    {
    }
}
