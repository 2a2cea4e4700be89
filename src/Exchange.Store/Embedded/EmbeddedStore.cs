namespace Exchange.Store.Embedded;

/// <summary>
/// The store over an engine inside this process. One place holds all rules, so that every engine keeps the same ones;
/// an engine only keeps rows.
/// </summary>
internal sealed class EmbeddedStore : IRecordStore
{
    // A page ends early once it holds this much, so that memory doesn't follow the size of the records.
    private const long MaxPageBytes = 8 << 20;

    private readonly IStorageEngine _engine;
    private readonly IDisposable? _directory;
    private readonly string _node;
    private readonly HybridClock _clock;
    private readonly ChangeSignal _signal = new();
    private readonly JobRunner _runner;
    private readonly JobQueue _queue;
    private int _disposed;

    private EmbeddedStore(
        IStorageEngine engine, string node, TimeProvider time, IDisposable? directory, CommitSeal? seal)
    {
        _engine = engine;
        _directory = directory;
        _node = node;
        _clock = new HybridClock(time);
        _runner = new JobRunner(engine, _clock, time, _signal, seal);
        _queue = new JobQueue(_runner, engine.CommitsInline);
    }

    public Guid Epoch => _runner.State.Epoch;

    /// <summary>How many durable transactions the commits took.</summary>
    internal long Transactions => _runner.Transactions;

    /// <summary>Opens the store; takes over the engine, and the directory that is released with the store.</summary>
    public static async Task<EmbeddedStore> OpenAsync(
        IStorageEngine engine,
        string node,
        TimeProvider time,
        IDisposable? directory = null,
        CommitSeal? seal = null)
    {
        var store = new EmbeddedStore(engine, node, time, directory, seal);
        try
        {
            await store._queue.OpenAsync();
            return store;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    public async Task<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken)
    {
        CommitRules.Check(commit);
        cancellationToken.ThrowIfCancellationRequested();
        var job = new CommitJob(commit, _node);
        _queue.Add(job);
        using var giveUp = cancellationToken.UnsafeRegister(
            static (state, token) => ((CommitJob)state!).GiveUp(token), job);
        return await job.Task;
    }

    public async Task<StoredRecord?> GetAsync(RecordKey key, CancellationToken cancellationToken) =>
        await ReadAsync(key, static (view, wanted) => view.Find(wanted), cancellationToken);

    public async Task<IReadOnlyList<StoredRecord?>> GetManyAsync(
        IReadOnlyList<RecordKey> keys, CancellationToken cancellationToken)
    {
        CommitRules.CheckCount(keys.Count);
        return await ReadAsync(
            keys,
            static (view, wanted) =>
            {
                var found = new StoredRecord?[wanted.Count];
                for (var i = 0; i < found.Length; i++)
                {
                    found[i] = view.Find(wanted[i]);
                }

                return found;
            },
            cancellationToken);
    }

    public async Task<RecordPage> QueryAsync(RecordQuery query, CancellationToken cancellationToken)
    {
        CommitRules.CheckLimit(query.Limit);
        return await ReadAsync(
            query,
            static (view, wanted) => wanted.Index is null ? PageByKind(view, wanted) : PageByIndex(view, wanted),
            cancellationToken);
    }

    public async Task<FeedPage> ReadFeedAsync(FeedPosition after, int limit, CancellationToken cancellationToken)
    {
        CommitRules.CheckLimit(limit);

        // Taken before the read: all that stood up to this head is in the page or before it.
        var before = _runner.State;
        var slice = await ReadAsync(
            (after.Value, limit),
            static (view, page) => view.Feed(page.Value, new SliceSize(page.limit, MaxPageBytes)),
            cancellationToken);

        // Asked after the read: a purge that the page has seen has announced its floor before.
        var floor = _runner.Floor;
        if (after.Value != 0 && after.Value < floor && after.Base < floor)
        {
            throw new FeedTrimmedException(after, new FeedPosition(floor));
        }

        return Page(after, slice, before);
    }

    public async Task WaitForCommitAsync(FeedPosition after, CancellationToken cancellationToken)
    {
        while (true)
        {
            var next = _signal.Next;
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, typeof(IRecordStore));
            if (_runner.State.Head > after.Value)
            {
                return;
            }

            await next.WaitAsync(cancellationToken);
        }
    }

    public async Task<IReadOnlyList<ReadOnlyMemory<byte>?>> GetEntriesAsync(
        string collection, IReadOnlyList<ReadOnlyMemory<byte>> keys, CancellationToken cancellationToken)
    {
        CommitRules.CheckCollection(collection);
        CommitRules.CheckCount(keys.Count);
        return await ReadAsync(
            (collection, keys),
            static (view, wanted) =>
            {
                var found = new ReadOnlyMemory<byte>?[wanted.keys.Count];
                for (var i = 0; i < found.Length; i++)
                {
                    if (view.FindEntry(wanted.collection, wanted.keys[i].Span) is { } value)
                    {
                        found[i] = value;
                    }
                }

                return found;
            },
            cancellationToken);
    }

    public async Task<IReadOnlyList<Entry>> ReadEntriesAsync(
        string collection,
        ReadOnlyMemory<byte> prefix,
        ReadOnlyMemory<byte> after,
        int limit,
        CancellationToken cancellationToken)
    {
        CommitRules.CheckCollection(collection);
        CommitRules.CheckLimit(limit);
        return await ReadAsync(
            (collection, prefix, after, limit),
            static (view, page) => view.Entries(page.collection, page.prefix.Span, page.after.Span, page.limit),
            cancellationToken);
    }

    public Task<StoreStatus> GetStatusAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var state = _runner.State;
        return Task.FromResult(new StoreStatus(
            _engine.Name, state.Epoch, new FeedPosition(state.Head), new FeedPosition(state.Floor), state.Kinds)
        {
            Restored = state.Restored,
        });
    }

    public void Observe(ulong clock) => _clock.Observe(clock);

    public async Task<long> PurgeAsync(
        FeedPosition upTo, DateTimeOffset writtenBefore, CancellationToken cancellationToken)
    {
        var dropped = 0L;
        for (long? after = 0; after is not null;)
        {
            var step = await RunAsync(new PurgeJob(after.Value, upTo.Value, writtenBefore), cancellationToken);
            dropped += step.Dropped;
            after = step.Next;
        }

        while (await RunAsync(new ForgetRequestsJob(), cancellationToken))
        {
        }

        return dropped;
    }

    public Task ScrubAsync(CancellationToken cancellationToken) => RunAsync(new ScrubJob(), cancellationToken);

    public Task<Guid> BeginEpochAsync(CancellationToken cancellationToken) =>
        RunAsync(new EpochJob(restartsClock: false), cancellationToken);

    public Task<Guid> RestartClockAsync(CancellationToken cancellationToken) =>
        RunAsync(new EpochJob(restartsClock: true), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _queue.DisposeAsync();
        _signal.Raise();
        _engine.Dispose();
        _directory?.Dispose();
    }

    private Task<TResult> RunAsync<TResult>(WriteJob<TResult> job, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _queue.Add(job);
        return job.Task;
    }

    // A disk that can't be read is no fault of the caller, who retries as after a commit that failed.
    private async ValueTask<TResult> ReadAsync<TArgument, TResult>(
        TArgument argument, Func<IEngineView, TArgument, TResult> read, CancellationToken cancellationToken)
    {
        try
        {
            return await _engine.ReadAsync(argument, read, cancellationToken);
        }
        catch (Exception exception) when (
            exception is not (StoreException or OperationCanceledException or ObjectDisposedException))
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, typeof(IRecordStore));
            throw new StoreUnavailableException("The store could not be read: " + exception.Message, exception);
        }
    }

    private static FeedPage Page(FeedPosition after, Slice<StoredRecord> slice, StoreState before)
    {
        var last = slice.Items.Count > 0 ? slice.Items[^1].Position.Value : after.Value;
        var next = slice.More ? last : Math.Max(last, before.Head);
        var known = after.Value == 0 ? before.Floor : after.Base;
        return new FeedPage(slice.Items, new FeedPosition(next, next < known ? known : 0), !slice.More);
    }

    private static SliceSize SizeOf(RecordQuery query) => new(query.Limit, Math.Min(query.MaxBytes, MaxPageBytes));

    private static RecordPage PageByKind(IEngineView view, RecordQuery query)
    {
        var (records, more) = view.ByKind(query.Kind, query.After?.Id, SizeOf(query));
        return new RecordPage(records, more ? new QueryCursor("", records[^1].Key.Id) : null);
    }

    private static RecordPage PageByIndex(IEngineView view, RecordQuery query)
    {
        var (found, more) = view.ByIndex(query, SizeOf(query));
        var next = more ? new QueryCursor(found[^1].Value, found[^1].Record.Key.Id) : null;
        return new RecordPage(found.ConvertAll(item => item.Record), next);
    }
}
