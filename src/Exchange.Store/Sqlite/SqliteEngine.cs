using Exchange.Store.Embedded;
using SQLitePCL;

namespace Exchange.Store.Sqlite;

/// <summary>One SQLite file with a write-ahead log: one connection writes, a few read beside it.</summary>
internal sealed class SqliteEngine : IStorageEngine
{
    private readonly string _file;
    private readonly NameTable _names;
    private readonly SqliteReaders _readers;
    private readonly SqliteCheckpoints _checkpoints;
    private SqliteWriter _writer;

    private SqliteEngine(string file, SqliteLink link)
    {
        _file = file;
        _names = new NameTable((number, name) => _writer!.StoreName(number, name));
        _names.Load(SqliteSchema.ReadNames(link));
        _checkpoints = new SqliteCheckpoints(file);
        _writer = new SqliteWriter(link, _names, _checkpoints);
        _readers = new SqliteReaders(file, _names);
    }

    public static string EngineName => "sqlite";

    public static string FileName => "store.sqlite";

    public string Name => EngineName;

    public bool CommitsInline => false;

    public IEngineWriter Writer => _writer;

    /// <summary>Opens the file, or makes a new one.</summary>
    public static IStorageEngine Open(string file)
    {
        Batteries_V2.Init();
        var link = SqliteLink.OpenWriter(file);
        try
        {
            SqliteSchema.Prepare(link);
            return new SqliteEngine(file, link);
        }
        catch
        {
            link.Dispose();
            throw;
        }
    }

    // A failed flush leaves a connection in a state that only the next one is sure not to inherit.
    public void Recover()
    {
        _writer.Dispose();
        var link = SqliteLink.OpenWriter(_file);
        _names.Load(SqliteSchema.ReadNames(link));
        _writer = new SqliteWriter(link, _names, _checkpoints);
    }

    public ValueTask<TResult> ReadAsync<TArgument, TResult>(
        TArgument argument, Func<IEngineView, TArgument, TResult> read, CancellationToken cancellationToken) =>
        _readers.ReadAsync(argument, read, cancellationToken);

    public void Dispose()
    {
        _readers.Dispose();
        _checkpoints.Dispose();
        _writer.Dispose();
    }
}
