namespace Exchange.Node.Sync;

/// <summary>Work that is done one after the other, apart from the loop that orders it.</summary>
internal sealed class SyncLane(Action<Exception> failed)
{
    private Task _last = Task.CompletedTask;

    /// <summary>Completes once everything ordered so far is done. Never fails.</summary>
    public Task Idle => _last;

    /// <summary>Orders work; after the token is cancelled, what hasn't begun never does.</summary>
    public void Order(Func<Task> work, CancellationToken cancellationToken) =>
        _last = AfterAsync(_last, work, cancellationToken);

    private async Task AfterAsync(Task before, Func<Task> work, CancellationToken cancellationToken)
    {
        // Yields even when nothing is under way, so that long work doesn't hold up the loop that ordered it.
        await before.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        if (cancellationToken.IsCancellationRequested)
        {
            return;
        }

        try
        {
            await work();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The session is over, and nobody waits for the answer.
        }
        catch (Exception exception)
        {
            failed(exception);
        }
    }
}
