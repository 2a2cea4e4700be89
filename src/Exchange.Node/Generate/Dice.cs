namespace Exchange.Node.Generate;

/// <summary>
/// Random draws that depend on a seed, a stream and an index alone, so that record n is the same however many are made,
/// in whatever order, on every machine and runtime.
/// </summary>
internal sealed class Dice
{
    private ulong _state;

    /// <param name="seed">The whole population's seed.</param>
    /// <param name="stream">What is drawn: different streams of one index know nothing of each other.</param>
    /// <param name="index">The record.</param>
    public Dice(ulong seed, DiceStream stream, long index)
    {
        _state = Mix(Mix(seed + (ulong)stream) + (ulong)index);
    }

    /// <summary>A number from 0 to <paramref name="count"/> - 1.</summary>
    public int Below(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return (int)Math.BigMul(Next(), (ulong)count, out _);
    }

    /// <summary>A number between two bounds, both included.</summary>
    public int Between(int least, int most) => least + Below(most - least + 1);

    /// <summary>True in the given share of draws, 0 to 1.</summary>
    public bool Chance(double share) => Share() < share;

    /// <summary>A number from 0 up to, but never, 1.</summary>
    public double Share() => (Next() >> 11) * (1.0 / (1UL << 53));

    public T Pick<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    /// <summary>Stirs 64 bits (SplitMix64): equal inputs give equal outputs, near ones far apart.</summary>
    public static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    private ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        return Mix(_state);
    }
}
