namespace Exchange.Store.Embedded;

/// <summary>Something that the writer does inside a transaction, which it may share with other jobs.</summary>
internal abstract class WriteJob
{
    /// <summary>About how many rows the job writes; bounds how many jobs share a transaction.</summary>
    public virtual int Weight => 1;

    /// <summary>About how many bytes the job writes.</summary>
    public virtual long Bytes => 0;

    /// <summary>Claims the job for the writer; false if its caller gave up before its turn came.</summary>
    public virtual bool TryTake() => true;

    /// <summary>
    /// Does the work. An exception is a failure of the engine and fails every job of the transaction.
    /// </summary>
    public abstract void Run(WriteContext context);

    /// <summary>Tells the caller, once the transaction is durable.</summary>
    public abstract void Complete();

    /// <summary>Tells the caller that the outcome is unknown.</summary>
    public abstract void Fail(Exception exception);
}

/// <summary>A job with an answer.</summary>
internal abstract class WriteJob<TResult> : WriteJob
{
    // Continuations run elsewhere: the writer's thread must never wait for a caller's code.
    private readonly TaskCompletionSource<TResult> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TResult? _result;
    private Exception? _rejection;

    public Task<TResult> Task => _done.Task;

    /// <summary>
    /// Returns the result, or sets <paramref name="rejection"/> if the job must not happen; it then wrote nothing.
    /// </summary>
    protected abstract TResult? Run(WriteContext context, out Exception? rejection);

    public sealed override void Run(WriteContext context) => _result = Run(context, out _rejection);

    public sealed override void Complete()
    {
        if (_rejection is null)
        {
            _done.TrySetResult(_result!);
        }
        else
        {
            _done.TrySetException(_rejection);
        }
    }

    public sealed override void Fail(Exception exception) => _done.TrySetException(exception);

    protected void Cancel(CancellationToken cancellationToken) => _done.TrySetCanceled(cancellationToken);
}

/// <summary>What a job may use: the engine's transaction, and the state as the jobs before it have left it.</summary>
/// <param name="Writer">The engine, inside a transaction.</param>
/// <param name="State">This transaction's own copy.</param>
/// <param name="Clock">The store's clock.</param>
/// <param name="Time">Wall time, for what expires.</param>
internal sealed record WriteContext(IEngineWriter Writer, StoreState State, HybridClock Clock, TimeProvider Time)
{
    /// <summary>Something was written, so that the transaction must be made durable.</summary>
    public bool Changed { get; set; }

    /// <summary>The commits that the seal is told about.</summary>
    public List<NotedCommit> Noted { get; } = [];

    /// <summary>What was replaced is to be dropped from the engine's files afterwards.</summary>
    public bool Scrubs { get; set; }
}
