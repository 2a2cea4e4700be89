namespace Exchange.Client;

/// <summary>Waits between tries: twice as long each time up to a limit, and never quite the same.</summary>
/// <param name="patience">How long to go on without any sign of the node.</param>
internal sealed class Backoff(TimeSpan patience)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private TimeSpan _next = First;
    private long _since = TimeProvider.System.GetTimestamp();

    /// <summary>Something went well: begins anew.</summary>
    public void Reset() => (_next, _since) = (First, TimeProvider.System.GetTimestamp());

    /// <summary>Waits; returns false, at once, when another try would come too late.</summary>
    public async Task<bool> WaitAsync(TimeSpan atLeast, CancellationToken cancellationToken)
    {
        // Jitter, so that clients cut off together don't come back together.
        var wait = _next * (0.5 + (Random.Shared.NextDouble() / 2));
        wait = wait < atLeast ? atLeast : wait;
        _next = _next * 2 > Longest ? Longest : _next * 2;
        if (TimeProvider.System.GetElapsedTime(_since) + wait > patience)
        {
            return false;
        }

        await Task.Delay(wait, TimeProvider.System, cancellationToken);
        return true;
    }
}
