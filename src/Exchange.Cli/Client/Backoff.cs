namespace Exchange.Cli.Client;

/// <summary>
/// How long to wait before the next attempt: twice as long each time, up to a limit, never quite the same.
/// </summary>
internal sealed class Backoff(TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private TimeSpan _next = First;

    /// <summary>Begins anew, after something went well.</summary>
    public void Reset() => _next = First;

    /// <summary>Waits before the next attempt.</summary>
    public Task WaitAsync(CancellationToken cancellationToken)
    {
        // Jitter, so that clients cut off together don't come back together.
        var wait = _next * (0.5 + (Random.Shared.NextDouble() / 2));
        _next = _next * 2 > Longest ? Longest : _next * 2;
        return Task.Delay(wait, time, cancellationToken);
    }
}
