namespace Exchange.Store.Embedded;

/// <summary>
/// A hybrid logical clock: 48 bits of Unix milliseconds, 16 bits of counter. It goes back by <see cref="Restart"/>
/// only.
/// </summary>
internal sealed class HybridClock(TimeProvider time)
{
    /// <summary>How many bits of a reading count what happened within a millisecond.</summary>
    public const int CounterBits = 16;

    private ulong _last;

    /// <summary>The newest reading taken or observed.</summary>
    public ulong Last => Volatile.Read(ref _last);

    /// <summary>Takes a reading above all earlier ones and above <paramref name="floor"/>.</summary>
    public ulong Next(ulong floor)
    {
        var physical = (ulong)time.GetUtcNow().ToUnixTimeMilliseconds() << CounterBits;
        while (true)
        {
            var last = Volatile.Read(ref _last);

            // A counter that overflows carries into the milliseconds, which still rises.
            var next = Math.Max(physical, Math.Max(last, floor) + 1);
            if (Interlocked.CompareExchange(ref _last, next, last) == last)
            {
                return next;
            }
        }
    }

    /// <summary>Forgets all readings: the next one is the wall clock's.</summary>
    public void Restart() => Volatile.Write(ref _last, 0);

    /// <summary>Makes every later reading higher than <paramref name="clock"/>.</summary>
    public void Observe(ulong clock)
    {
        for (var last = Volatile.Read(ref _last); clock > last; last = Volatile.Read(ref _last))
        {
            Interlocked.CompareExchange(ref _last, clock, last);
        }
    }
}
