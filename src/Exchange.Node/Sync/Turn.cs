namespace Exchange.Node.Sync;

/// <summary>Lets one piece of work run at a time, in the order in which they came.</summary>
internal sealed class Turn
{
    private readonly Lock _lock = new();
    private Task _last = Task.CompletedTask;

    /// <summary>Runs work once everything that came before it has ended, well or not.</summary>
    public async Task<T> RunAsync<T>(Func<Task<T>> work)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task before;
        lock (_lock)
        {
            (before, _last) = (_last, done.Task);
        }

        await before;
        try
        {
            return await work();
        }
        finally
        {
            done.SetResult();
        }
    }
}
