namespace Exchange.Node.Generate;

/// <summary>Items that are drawn in given proportions.</summary>
internal sealed class Weighted<T>
{
    private readonly T[] _items;
    private readonly double[] _upTo;

    public Weighted(params (T Item, double Weight)[] items)
    {
        _items = [.. items.Select(item => item.Item)];
        _upTo = new double[items.Length];
        var sum = 0.0;
        for (var i = 0; i < items.Length; i++)
        {
            sum += items[i].Weight;
            _upTo[i] = sum;
        }
    }

    public T Pick(Dice dice)
    {
        var drawn = dice.Share() * _upTo[^1];
        var found = Array.BinarySearch(_upTo, drawn);

        // A bound that is met exactly belongs to the next item; between two bounds the search returns the next one's
        // inverse.
        return _items[found >= 0 ? Math.Min(found + 1, _items.Length - 1) : ~found];
    }
}
