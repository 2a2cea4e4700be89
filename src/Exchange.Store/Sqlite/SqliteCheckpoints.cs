using Microsoft.Data.Sqlite;

namespace Exchange.Store.Sqlite;

/// <summary>
/// Copies the log into the file on a thread of its own, because a copy of 40 MB takes as long as fifty commits. What
/// came to the log meanwhile is copied by the next commit, which finds little left, and the one behind begins the log
/// anew.
/// </summary>
internal sealed class SqliteCheckpoints : IDisposable
{
    // Worth doing rarely: pages that changed often are then copied once.
    private const int EnoughPages = 10_000;

    private const int TooManyPages = 2 * EnoughPages;

    // SQLite's own default; a little less than each page takes in the log.
    private const int PageSize = 4096;

    private readonly string _file;
    private readonly Lock _turn = new();
    private readonly AutoResetEvent _due = new(initialState: false);
    private Thread? _thread;
    private volatile State _state;

    private long _pages;

    public SqliteCheckpoints(string file)
    {
        _file = file;

        // What a crash has left counts too.
        var log = new FileInfo(file + "-wal");
        _pages = log.Exists ? log.Length / PageSize : 0;
    }

    private enum State
    {
        Idle,
        Copying,
        Copied,
        Closed,
    }

    /// <summary>Told after each commit, on the writing thread.</summary>
    /// <param name="writer">The connection that committed.</param>
    /// <param name="pages">How many pages it added to the log.</param>
    public void Committed(SqliteLink writer, int pages)
    {
        _pages += pages;
        if (_state == State.Copied)
        {
            // Whoever reads meanwhile keeps some of it back: then the next commit tries again, until readers are waited
            // for.
            var waits = _pages >= TooManyPages;
            if (Copy(writer, waits))
            {
                (_state, _pages) = (State.Idle, 0);
            }
            else if (waits)
            {
                _pages = EnoughPages;
            }
        }
        else if (_state == State.Idle && _pages >= EnoughPages)
        {
            _state = State.Copying;
            _thread ??= Start();
            _due.Set();
        }
    }

    /// <summary>Copies the whole log and empties it, if nobody reads it.</summary>
    /// <param name="writer">The connection that writes.</param>
    public void Empty(SqliteLink writer)
    {
        // SQLite refuses a checkpoint beside another one.
        lock (_turn)
        {
            writer.ReadNumber("PRAGMA wal_checkpoint(TRUNCATE)");
        }
    }

    public void Dispose()
    {
        _state = State.Closed;
        _due.Set();
        _thread?.Join();
        _due.Dispose();
    }

    private Thread Start()
    {
        var thread = new Thread(Run) { Name = "exchange-store-checkpoints", IsBackground = true };
        thread.Start();
        return thread;
    }

    private void Run()
    {
        while (true)
        {
            _due.WaitOne();
            if (_state == State.Closed)
            {
                return;
            }

            CopyBeside();
            Interlocked.CompareExchange(ref _state, State.Copied, State.Copying);
        }
    }

    private void CopyBeside()
    {
        try
        {
            using var link = SqliteLink.OpenCheckpointer(_file);
            Copy(link, waits: false);
        }
        catch (SqliteException)
        {
            // The next commit copies all of it.
        }
    }

    // True when nothing is left to copy. Where it fails the log keeps all of it; a disk that is broken fails commits.
    private bool Copy(SqliteLink link, bool waits)
    {
        lock (_turn)
        {
            try
            {
                return link.Checkpoint(waits);
            }
            catch (SqliteException)
            {
                return false;
            }
        }
    }
}
