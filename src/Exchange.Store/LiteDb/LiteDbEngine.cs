using System.Diagnostics.CodeAnalysis;
using Exchange.Store.Embedded;

namespace Exchange.Store.LiteDb;

/// <summary>
/// LiteDB: one thread writes, a few read beside it, and a commit is seen by nobody before it is on the disk.
/// </summary>
internal sealed class LiteDbEngine : IStorageEngine
{
    private const int MostReaders = 8;

    // Large enough that pages that change often are copied into the data file once for many commits.
    private const long LargeLog = 64 << 20;

    private readonly NameTable _names;
    private readonly SemaphoreSlim _readers = new(MostReaders);
    private readonly ReaderWriterLockSlim _visibility = new();
    private readonly LiteDbFiles _files;
    private LiteDbWriter _writer;
    private LiteDbView _view;
    private bool _isClosed;

    private LiteDbEngine(LiteDbFiles files)
    {
        _names = new NameTable((number, name) => _writer!.StoreName(number, name));
        _files = files;
        Start();
    }

    public static string EngineName => "litedb";

    public static string FileName => "store.litedb";

    public string Name => EngineName;

    public bool CommitsInline => false;

    public IEngineWriter Writer => _writer;

    /// <summary>Opens the file and its log, or makes new ones.</summary>
    public static IStorageEngine Open(string file) => Open(file, LargeLog);

    /// <summary>The same; a log of more than so many bytes is copied into the file.</summary>
    public static LiteDbEngine Open(string file, long largeLog) =>
        new(LiteDbFiles.Open(DiskFile.Open(file), DiskFile.Open(LogOf(file)), largeLog, file));

    /// <summary>Opens what stands for the file and its log, and that nobody copies meanwhile.</summary>
    public static LiteDbEngine Open(IDiskFile data, IDiskFile log, long largeLog) =>
        new(LiteDbFiles.Open(data, log, largeLog, null));

    /// <summary>The log of a file.</summary>
    public static string LogOf(string file) => file + "-log";

    public void Recover()
    {
        _visibility.EnterWriteLock();
        try
        {
            _files.Recover();
            Start();
        }
        finally
        {
            _visibility.ExitWriteLock();
        }
    }

    public async ValueTask<TResult> ReadAsync<TArgument, TResult>(
        TArgument argument, Func<IEngineView, TArgument, TResult> read, CancellationToken cancellationToken)
    {
        await _readers.WaitAsync(cancellationToken);
        try
        {
            return Read(argument, read);
        }
        finally
        {
            _readers.Release();
        }
    }

    public void Dispose()
    {
        _visibility.EnterWriteLock();
        try
        {
            if (!_isClosed)
            {
                _isClosed = true;
                _files.Dispose();
            }
        }
        finally
        {
            _visibility.ExitWriteLock();
        }
    }

    private TResult Read<TArgument, TResult>(TArgument argument, Func<IEngineView, TArgument, TResult> read)
    {
        _visibility.EnterReadLock();
        try
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(IRecordStore));
            if (_files.IsInDoubt)
            {
                throw new StoreUnavailableException("The store couldn't finish a commit, and isn't yet itself again.");
            }

            return read(_view, argument);
        }
        finally
        {
            _visibility.ExitReadLock();
        }
    }

    [MemberNotNull(nameof(_writer), nameof(_view))]
    private void Start()
    {
        _writer = new LiteDbWriter(_files, _names, _visibility);
        _view = new LiteDbView(_files.Engine, _names);
        _names.Load(_writer.ReadNames());
    }
}
