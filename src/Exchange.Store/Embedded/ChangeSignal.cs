namespace Exchange.Store.Embedded;

/// <summary>Wakes those who wait for the feed to grow. It carries no data: a slow reader costs nothing.</summary>
internal sealed class ChangeSignal
{
    private TaskCompletionSource _next = Create();

    /// <summary>
    /// Completes at the next <see cref="Raise"/>. Take it before reading the head, or a wake-up is lost.
    /// </summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Raise() => Interlocked.Exchange(ref _next, Create()).TrySetResult();

    private static TaskCompletionSource Create() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
