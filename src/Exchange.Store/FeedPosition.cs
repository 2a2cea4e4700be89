namespace Exchange.Store;

/// <summary>A place in one store's feed. Opaque: keep it, compare it, give it back; never do arithmetic with it.</summary>
/// <param name="Value">Zero is the place before the first record.</param>
public readonly record struct FeedPosition(long Value) : IComparable<FeedPosition>
{
    /// <summary>The place before the first record.</summary>
    public static FeedPosition Start => default;

    public int CompareTo(FeedPosition other) => Value.CompareTo(other.Value);

    public static bool operator <(FeedPosition left, FeedPosition right) => left.Value < right.Value;

    public static bool operator >(FeedPosition left, FeedPosition right) => left.Value > right.Value;

    public static bool operator <=(FeedPosition left, FeedPosition right) => left.Value <= right.Value;

    public static bool operator >=(FeedPosition left, FeedPosition right) => left.Value >= right.Value;
}
