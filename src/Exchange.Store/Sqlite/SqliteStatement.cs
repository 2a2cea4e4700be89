using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Exchange.Store.Sqlite;

/// <summary>
/// A prepared statement, used again and again. It goes to SQLite's own functions, because a command object with its
/// parameters costs more than the short statements that a store is made of.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    public SqliteStatement(sqlite3 database, string sql)
    {
        _database = database;
        Check(raw.sqlite3_prepare_v3(database, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
    }

    public SqliteStatement Bind(int index, long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, index, value));
        return this;
    }

    /// <summary>Binds bytes; no bytes are an empty value, never null.</summary>
    public SqliteStatement Bind(int index, ReadOnlySpan<byte> value)
    {
        Check(value.IsEmpty
            ? raw.sqlite3_bind_zeroblob(_statement, index, 0)
            : raw.sqlite3_bind_blob(_statement, index, value));
        return this;
    }

    public SqliteStatement Bind(int index, Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        return Bind(index, bytes);
    }

    public SqliteStatement BindText(int index, string value)
    {
        Check(raw.sqlite3_bind_text(_statement, index, value));
        return this;
    }

    /// <summary>
    /// Goes to the next row; false behind the last. <see cref="Reset"/> must follow, whatever happens.
    /// </summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }

        if (code != raw.SQLITE_DONE)
        {
            // Resetting lets go of the locks; the message must be read before.
            var failure = Failure(code, _database);
            raw.sqlite3_reset(_statement);
            throw failure;
        }

        return false;
    }

    public void Reset() => raw.sqlite3_reset(_statement);

    /// <summary>Runs a statement that returns no rows.</summary>
    public void Run()
    {
        Step();
        Reset();
    }

    public long Number(int column) => raw.sqlite3_column_int64(_statement, column);

    /// <summary>A column's bytes, valid until the next step.</summary>
    public ReadOnlySpan<byte> Span(int column) => raw.sqlite3_column_blob(_statement, column);

    public byte[] Bytes(int column) => Span(column).ToArray();

    public Guid Guid(int column) => new(Span(column), bigEndian: true);

    public string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string();

    public void Dispose() => _statement.Dispose();

    /// <summary>Throws for any result but success.</summary>
    public static void Check(int code, sqlite3 database)
    {
        if (code != raw.SQLITE_OK)
        {
            throw Failure(code, database);
        }
    }

    private void Check(int code) => Check(code, _database);

    private static SqliteException Failure(int code, sqlite3 database) => new(
        $"SQLite error {code}: {raw.sqlite3_errmsg(database).utf8_to_string()}",
        code & 0xff,
        raw.sqlite3_extended_errcode(database));
}
