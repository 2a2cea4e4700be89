namespace Exchange.Node.Generate;

/// <summary>
/// Puts the numbers from 0 to n - 1 in an order that looks random and needs no table: what follows from its results is
/// never given out twice.
/// </summary>
/// <remarks>A Feistel network on the next power of four, walked until the result is below n; fewer than four steps on
/// average.</remarks>
internal sealed class Permutation
{
    private const int Rounds = 4;

    private readonly ulong _seed;
    private readonly int _half;
    private readonly ulong _mask;

    public Permutation(long count, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Count = count;
        _seed = seed;
        _half = 1;
        while (_half < 31 && (1UL << (2 * _half)) < (ulong)count)
        {
            _half++;
        }

        _mask = (1UL << _half) - 1;
    }

    /// <summary>n.</summary>
    public long Count { get; }

    /// <summary>The number at a place; another for each place.</summary>
    public long this[long place]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(place);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(place, Count);
            var number = (ulong)place;
            do
            {
                number = Stir(number);
            }
            while (number >= (ulong)Count);

            return (long)number;
        }
    }

    private ulong Stir(ulong number)
    {
        var (left, right) = (number >> _half, number & _mask);
        for (var round = 0UL; round < Rounds; round++)
        {
            (left, right) = (right, left ^ (Dice.Mix(right + Dice.Mix(_seed + round)) & _mask));
        }

        return (left << _half) | right;
    }
}
