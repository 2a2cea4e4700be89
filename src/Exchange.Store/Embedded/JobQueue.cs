namespace Exchange.Store.Embedded;

/// <summary>
/// Brings jobs to the runner: over one thread of its own (an engine may bind a transaction to its thread, and a flush
/// must not hold up the thread pool), or on the caller's thread where the engine asks for it.
/// </summary>
internal sealed class JobQueue : IAsyncDisposable
{
    private const int MaxJobs = 512;
    private const int MaxWeight = 8_000;
    private const long MaxBytes = 32 << 20;

    // Far less than a flush that is shared by one job fewer than it could be.
    private static readonly TimeSpan MostPatience = TimeSpan.FromMilliseconds(1);

    private const int MostMisses = 31;

    private readonly Lock _inline = new();
    private readonly Queue<WriteJob> _waiting = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly JobRunner _runner;
    private readonly bool _isInline;
    private bool _closed;
    private int _expected;
    private int _misses;
    private int _impatient;

    public JobQueue(JobRunner runner, bool inline)
    {
        _runner = runner;
        _isInline = inline;
    }

    /// <summary>Opens the store on the thread that will write to it.</summary>
    public Task OpenAsync()
    {
        if (_isInline)
        {
            _runner.Open();
            return Task.CompletedTask;
        }

        new Thread(RunThread) { Name = "exchange-store-writer", IsBackground = true }.Start();
        return _opened.Task;
    }

    public void Add(WriteJob job)
    {
        if (_isInline)
        {
            RunInline(job);
            return;
        }

        lock (_waiting)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(IRecordStore));
            _waiting.Enqueue(job);
            if (_waiting.Count == 1 || _waiting.Count == _expected)
            {
                Monitor.Pulse(_waiting);
            }
        }
    }

    /// <summary>Takes no further jobs, and completes once those that wait have been run.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isInline)
        {
            lock (_inline)
            {
                _closed = true;
            }

            return;
        }

        lock (_waiting)
        {
            _closed = true;
            Monitor.Pulse(_waiting);
        }

        await _ended.Task;
    }

    private void RunInline(WriteJob job)
    {
        lock (_inline)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(IRecordStore));
            if (job.TryTake())
            {
                _runner.Run([job]);
            }
        }
    }

    // Where they don't come, as when a stream's burst is followed by a sync's own commits, waiting is given up more and
    // more.
    private void Await()
    {
        _misses = Monitor.Wait(_waiting, MostPatience) ? 0 : Math.Min((2 * _misses) + 1, MostMisses);
        _impatient = _misses;
    }

    private void RunThread()
    {
        try
        {
            _runner.Open();
        }
        catch (Exception exception)
        {
            _closed = true;
            _opened.SetException(exception);
            _ended.SetResult();
            return;
        }

        _opened.SetResult();
        var jobs = new List<WriteJob>();
        while (TakeGroup(jobs))
        {
            if (jobs.Count > 0)
            {
                _runner.Run(jobs);
            }
        }

        _ended.SetResult();
    }

    private bool TakeGroup(List<WriteJob> jobs)
    {
        jobs.Clear();
        lock (_waiting)
        {
            while (_waiting.Count == 0)
            {
                if (_closed)
                {
                    return false;
                }

                Monitor.Wait(_waiting);
            }

            // Callers whose jobs have just ended come back one by one. Taking the first of them alone would let all
            // others wait for its flush; so as many as shared the last one are awaited, for a moment.
            if (_waiting.Count < _expected && !_closed && --_impatient < 0)
            {
                Await();
            }

            var weight = 0;
            var bytes = 0L;
            while (jobs.Count < MaxJobs && _waiting.TryPeek(out var job))
            {
                weight += job.Weight;
                bytes += job.Bytes;
                if (jobs.Count > 0 && (weight > MaxWeight || bytes > MaxBytes))
                {
                    break;
                }

                _waiting.Dequeue();
                if (job.TryTake())
                {
                    jobs.Add(job);
                }
            }

            _expected = jobs.Count;
        }

        return true;
    }
}
