using System.Collections.Concurrent;
using Exchange.Store.Embedded;

namespace Exchange.Store.Sqlite;

/// <summary>
/// A few connections that read. A read runs on its caller's thread: it is shorter than a change of threads.
/// </summary>
internal sealed class SqliteReaders(string file, NameTable names) : IDisposable
{
    private static readonly int Most = Math.Max(4, Environment.ProcessorCount * 2);

    private readonly SemaphoreSlim _free = new(Most);
    private readonly ConcurrentStack<SqliteReader> _idle = new();
    private volatile bool _closed;

    public async ValueTask<TResult> ReadAsync<TArgument, TResult>(
        TArgument argument, Func<IEngineView, TArgument, TResult> read, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(IRecordStore));
            if (!_idle.TryPop(out var reader))
            {
                reader = new SqliteReader(SqliteLink.OpenReader(file), names);
            }

            return Read(reader, argument, read);
        }
        finally
        {
            _free.Release();
        }
    }

    /// <summary>Waits for the reads under way, which are short, and closes the connections.</summary>
    public void Dispose()
    {
        _closed = true;
        for (var i = 0; i < Most; i++)
        {
            _free.Wait();
        }

        while (_idle.TryPop(out var reader))
        {
            reader.Dispose();
        }

        _free.Release(Most);
    }

    private TResult Read<TArgument, TResult>(
        SqliteReader reader, TArgument argument, Func<IEngineView, TArgument, TResult> read)
    {
        try
        {
            reader.Begin();
            var result = read(reader, argument);
            reader.End();
            _idle.Push(reader);
            return result;
        }
        catch
        {
            // Whatever went wrong, the next read gets a fresh connection.
            reader.Dispose();
            throw;
        }
    }
}

/// <summary>A connection whose reads see one state from Begin to End.</summary>
internal sealed class SqliteReader : SqliteView
{
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _end;

    public SqliteReader(SqliteLink link, NameTable names)
        : base(link, names)
    {
        _begin = link.Prepare("BEGIN");
        _end = link.Prepare("COMMIT");
    }

    public void Begin() => _begin.Run();

    public void End() => _end.Run();
}
