using LiteDB;
using LiteDB.Engine;

namespace Exchange.Store.LiteDb;

/// <summary>LiteDB over its two files: the data, and the log that makes commits durable.</summary>
internal sealed class LiteDbFiles : IDisposable
{
    private readonly IDiskFile _data;
    private readonly IDiskFile _log;
    private readonly LogStream _stream;
    private readonly long _largeLog;
    private readonly string? _file;

    private LiteDbFiles(IDiskFile data, IDiskFile log, long largeLog, string? file)
    {
        (_data, _log, _largeLog, _file) = (data, log, largeLog, file);
        _stream = new LogStream(log);
        Engine = Start();
    }

    /// <summary>Another one after <see cref="Recover"/>.</summary>
    public LiteEngine Engine { get; private set; }

    /// <summary>A commit failed half-way, and LiteDB shows what isn't on the disk.</summary>
    public bool IsInDoubt { get; private set; }

    /// <summary>Opens LiteDB over its files.</summary>
    /// <param name="data">The data file.</param>
    /// <param name="log">Its log.</param>
    /// <param name="largeLog">A log of more than so many bytes is copied into the data file.</param>
    /// <param name="file">
    /// The data file's name, under which copies of it are told apart; null if there are none.
    /// </param>
    public static LiteDbFiles Open(IDiskFile data, IDiskFile log, long largeLog, string? file)
    {
        try
        {
            var files = new LiteDbFiles(data, log, largeLog, file);
            files.Prepare();
            return files;
        }
        catch
        {
            data.Dispose();
            log.Dispose();
            throw;
        }
    }

    /// <summary>Commits the thread's transaction and forces it to the disk.</summary>
    public void Commit()
    {
        IsInDoubt = true;
        if (!Engine.Commit())
        {
            throw new InvalidOperationException("The transaction belongs to another thread.");
        }

        _stream.Seal();
        IsInDoubt = false;
        if (_stream.Length > _largeLog)
        {
            Checkpoint();
        }
    }

    /// <summary>Returns to the last commit that is on the disk.</summary>
    public void Recover()
    {
        IsInDoubt = true;
        Engine.Dispose();
        _stream.Undo();
        Engine = Start();
        IsInDoubt = false;
    }

    public void Dispose()
    {
        if (!IsInDoubt)
        {
            Checkpoint();
        }

        Engine.Dispose();
        _data.Dispose();
        _log.Dispose();
    }

    private LiteEngine Start() => new(new EngineSettings
    {
        DataStream = new DataStream(_data),
        LogStream = _stream,
        Collation = Collation.Binary,
    });

    private void Prepare()
    {
        // LiteDB would copy pages into the data file right after a commit, before that is sealed; so it is told when.
        if (Engine.Pragma("CHECKPOINT") != 0)
        {
            Engine.Pragma("CHECKPOINT", 0);
        }

        Engine.EnsureIndex(
            LiteDbView.Records, LiteDbRecord.Key, BsonExpression.Create(LiteDbRecord.Key), unique: true);
        _stream.Seal();

        // A process that died after a failed flush may have left pages that only the operating system's memory holds:
        // copied into the data file and flushed there, they are certain.
        using var turn = Turn()
            ?? throw new IOException("A backup of it is being taken. Open it again when that is done.");
        CheckpointInTurn();
    }

    // While the file is copied, the log grows; the next commit tries again.
    private void Checkpoint()
    {
        using var turn = Turn();
        if (turn is not null)
        {
            CheckpointInTurn();
        }
    }

    private Stream? Turn() => _file is null ? Stream.Null : CheckpointLock.TryTake(_file);

    // A full disk leaves the log as it is, and the next commit tries again; nothing is lost, because a page that was
    // copied in part is copied again from the log.
    private void CheckpointInTurn()
    {
        try
        {
            Engine.Checkpoint();
        }
        catch (IOException)
        {
        }
    }
}
