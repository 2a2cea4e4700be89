namespace Exchange.Store.Embedded;

/// <summary>Runs jobs in transactions: one for as many as wait, one flush for all of them. Not thread-safe.</summary>
internal sealed class JobRunner(
    IStorageEngine engine, HybridClock clock, TimeProvider time, ChangeSignal signal, CommitSeal? seal)
{
    private readonly ByteWriter _bytes = new();

    private StoreState? _state;
    private bool _mustRecover;
    private long _floor;
    private long _transactions;

    /// <summary>The state of the last durable transaction.</summary>
    public StoreState State => Volatile.Read(ref _state) ?? throw new InvalidOperationException("Not loaded.");

    /// <summary>The floor, raised before the purge that raises it can be seen.</summary>
    public long Floor => Volatile.Read(ref _floor);

    /// <summary>
    /// How many transactions were made durable; with the number of commits, it tells how well they share.
    /// </summary>
    public long Transactions => Volatile.Read(ref _transactions);

    /// <summary>Reads the state that the engine holds, or begins a new store.</summary>
    public void Open()
    {
        engine.Writer.Begin();
        try
        {
            var state = Load() ?? Create();
            engine.Writer.Rollback();
            clock.Observe(state.Clock);
            Publish(state);
        }
        catch
        {
            Attempt(engine.Writer.Rollback);
            throw;
        }
    }

    /// <summary>Runs the jobs in one transaction and tells each of them how it ended.</summary>
    public void Run(List<WriteJob> jobs)
    {
        try
        {
            var grown = RunInTransaction(jobs);

            // The signal comes first: whoever hears of a commit finds that the waiters have been woken.
            if (grown)
            {
                signal.Raise();
            }
        }
        catch (Exception exception)
        {
            Abandon();
            foreach (var job in jobs)
            {
                job.Fail(new StoreUnavailableException(
                    "The store could not finish the commit: " + exception.Message, exception));
            }

            return;
        }

        foreach (var job in jobs)
        {
            job.Complete();
        }
    }

    private bool RunInTransaction(List<WriteJob> jobs)
    {
        if (_mustRecover)
        {
            Recover();
        }

        engine.Writer.Begin();
        var before = State;
        var context = new WriteContext(engine.Writer, before.Copy(), clock, time);
        foreach (var job in jobs)
        {
            job.Run(context);
        }

        Seal(context);
        if (!context.Changed)
        {
            engine.Writer.Rollback();
        }
        else
        {
            Save(context.State);
            Volatile.Write(ref _floor, context.State.Floor);
            engine.Writer.Commit();
            Publish(context.State);
            Volatile.Write(ref _transactions, _transactions + 1);
        }

        if (context.Scrubs)
        {
            engine.Writer.Scrub();
        }

        return context.State.Head > before.Head;
    }

    private void Seal(WriteContext context)
    {
        if (seal is null || context.Noted.Count == 0)
        {
            return;
        }

        // Not a conditional expression: a null array would convert to an empty memory, which is a value.
        ReadOnlyMemory<byte>? standing = null;
        if (engine.Writer.FindEntry(seal.Collection, seal.Key.Span) is { } stored)
        {
            standing = stored;
        }

        var writes = seal.Write(standing, context.Noted);
        CommitRules.Check(writes);
        var entries = new EntryOverlay(engine.Writer);
        if (entries.Add(writes) is { } conflict)
        {
            throw conflict;
        }

        context.Changed |= entries.Write();
    }

    // After a failure nobody knows whether the transaction reached the disk: only the engine can tell.
    private void Recover()
    {
        engine.Recover();
        engine.Writer.Begin();
        var state = Load() ?? throw new InvalidDataException("The store's state is missing.");
        engine.Writer.Rollback();
        Publish(state);
        _mustRecover = false;
        signal.Raise();
    }

    private void Publish(StoreState state)
    {
        Volatile.Write(ref _floor, state.Floor);
        Volatile.Write(ref _state, state);
    }

    private StoreState? Load()
    {
        if (engine.Writer.FindEntry(StoreState.Collection, StoreState.Key) is { } bytes)
        {
            return StoreState.Read(bytes);
        }

        return engine.Writer.Feed(0, new SliceSize(1, 0)).Items.Count == 0
            ? null
            : throw new InvalidDataException("The store has records, but its state is missing.");
    }

    private StoreState Create()
    {
        var state = StoreState.Create(Guid.CreateVersion7(time.GetUtcNow()));
        Save(state);
        engine.Writer.Commit();
        engine.Writer.Begin();
        return state;
    }

    private void Save(StoreState state)
    {
        state.Clock = clock.Last;
        _bytes.Clear();
        state.WriteTo(_bytes);
        engine.Writer.PutEntry(StoreState.Collection, StoreState.Key, _bytes.Written);
    }

    private void Abandon()
    {
        _mustRecover = true;
        Attempt(engine.Writer.Rollback);

        // At once, because readers may already see what the failed transaction wrote; if it can't be, the next one
        // tries.
        Attempt(Recover);
    }

    // The first failure is the one to report, and what it broke is mended or reported by the next transaction.
    private static void Attempt(Action mend)
    {
        try
        {
            mend();
        }
        catch (Exception)
        {
        }
    }
}
