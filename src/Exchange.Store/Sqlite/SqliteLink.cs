using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Exchange.Store.Sqlite;

/// <summary>One connection to the file, and its prepared statements. Used by one thread at a time.</summary>
internal sealed class SqliteLink : IDisposable
{
    // Milliseconds; reads are short.
    private const int ReaderTime = 100;

    private readonly SqliteConnection _connection;
    private readonly List<SqliteStatement> _statements = [];

    private SqliteLink(SqliteConnection connection) => _connection = connection;

    /// <summary>Opens the one connection that writes.</summary>
    public static SqliteLink OpenWriter(string file) => Open(
        file,
        SqliteOpenMode.ReadWriteCreate,
        "PRAGMA journal_mode = WAL",

        // FULL: every commit forces the log to disk before it returns.
        "PRAGMA synchronous = FULL",

        // See SqliteCheckpoints.
        "PRAGMA wal_autocheckpoint = 0",

        // What is deleted or replaced is overwritten, not only forgotten.
        "PRAGMA secure_delete = ON",

        // A log that a long reader has let grow gives its space back.
        "PRAGMA journal_size_limit = 67108864",
        "PRAGMA cache_size = -32768");

    /// <summary>Opens a connection that only reads.</summary>
    public static SqliteLink OpenReader(string file) => Open(
        file, SqliteOpenMode.ReadOnly, "PRAGMA query_only = ON", "PRAGMA cache_size = -4096");

    /// <summary>Opens a connection that copies the log into the file and does nothing else.</summary>
    public static SqliteLink OpenCheckpointer(string file) => Open(
        file, SqliteOpenMode.ReadWrite, "PRAGMA synchronous = FULL", "PRAGMA wal_autocheckpoint = 0");

    /// <summary>Opens a connection from which the file is copied.</summary>
    public static SqliteLink OpenSource(string file) => Open(file, SqliteOpenMode.ReadOnly);

    /// <summary>Ends what the connection is doing, from another thread.</summary>
    public void Interrupt() => raw.sqlite3_interrupt(_connection.Handle);

    public SqliteStatement Prepare(string sql)
    {
        var statement = new SqliteStatement(_connection.Handle!, sql);
        _statements.Add(statement);
        return statement;
    }

    public void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public long ReadNumber(string sql)
    {
        using var statement = new SqliteStatement(_connection.Handle!, sql);
        return statement.Step() ? statement.Number(0) : 0;
    }

    /// <summary>Pages that this connection has written since it was last asked.</summary>
    public int PagesWritten()
    {
        SqliteStatement.Check(
            raw.sqlite3_db_status(_connection.Handle, raw.SQLITE_DBSTATUS_CACHE_WRITE, out var written, out _, 1),
            _connection.Handle!);
        return written;
    }

    /// <summary>Copies the log into the file; true when nothing was left.</summary>
    /// <param name="waits">
    /// Waits for readers that keep some of it back, as long as <see cref="ReaderTime"/>; otherwise copies what it can.
    /// </param>
    public bool Checkpoint(bool waits)
    {
        raw.sqlite3_busy_timeout(_connection.Handle!, waits ? ReaderTime : 0);
        using var statement = new SqliteStatement(
            _connection.Handle!, waits ? "PRAGMA wal_checkpoint(RESTART)" : "PRAGMA wal_checkpoint(PASSIVE)");
        return statement.Step() && statement.Number(0) == 0 && statement.Number(1) == statement.Number(2);
    }

    public void Dispose()
    {
        foreach (var statement in _statements)
        {
            statement.Dispose();
        }

        _connection.Dispose();
    }

    private static SqliteLink Open(string file, SqliteOpenMode mode, params string[] settings)
    {
        // Connections are ours to reuse: a pool of the provider's would keep files open behind our back.
        var text = new SqliteConnectionStringBuilder { DataSource = file, Mode = mode, Pooling = false };
        var link = new SqliteLink(new SqliteConnection(text.ToString()));
        try
        {
            link._connection.Open();
            foreach (var setting in settings)
            {
                link.Execute(setting);
            }

            return link;
        }
        catch
        {
            link.Dispose();
            throw;
        }
    }
}
