namespace Exchange.Store;

/// <summary>
/// A place in one store's feed. Opaque: keep it whole, compare it, give it back; never do arithmetic with it.
/// </summary>
/// <param name="Value">Zero is the place before the first record. Alone it decides the order.</param>
/// <param name="Base">
/// For a reader that began at the start: the floor that stood then. It tells such a reader, who never saw the records
/// that the dropped tombstones were about, from one that missed them. Zero where it makes no difference, so that a
/// reader who keeps only <paramref name="Value"/> is at worst sent back to the start.
/// </param>
public readonly record struct FeedPosition(long Value, long Base = 0) : IComparable<FeedPosition>
{
    /// <summary>The place before the first record.</summary>
    public static FeedPosition Start => default;

    public int CompareTo(FeedPosition other) => Value.CompareTo(other.Value);

    public static bool operator <(FeedPosition left, FeedPosition right) => left.Value < right.Value;

    public static bool operator >(FeedPosition left, FeedPosition right) => left.Value > right.Value;

    public static bool operator <=(FeedPosition left, FeedPosition right) => left.Value <= right.Value;

    public static bool operator >=(FeedPosition left, FeedPosition right) => left.Value >= right.Value;
}
