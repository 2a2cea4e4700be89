namespace Exchange.Store;

/// <summary>When and where a record was written: a hybrid logical clock reading and the node that took it.</summary>
/// <param name="Clock">48 bits of Unix milliseconds, then 16 bits of counter.</param>
/// <param name="Node">The id of the node that wrote this version; only breaks ties.</param>
public readonly record struct RecordVersion(ulong Clock, string Node) : IComparable<RecordVersion>
{
    /// <summary>The wall time in the clock reading, in UTC with milliseconds.</summary>
    public DateTimeOffset Time => DateTimeOffset.FromUnixTimeMilliseconds((long)(Clock >> 16));

    public int CompareTo(RecordVersion other)
    {
        var byClock = Clock.CompareTo(other.Clock);
        return byClock != 0 ? byClock : string.CompareOrdinal(Node, other.Node);
    }

    public static bool operator <(RecordVersion left, RecordVersion right) => left.CompareTo(right) < 0;

    public static bool operator >(RecordVersion left, RecordVersion right) => left.CompareTo(right) > 0;

    public static bool operator <=(RecordVersion left, RecordVersion right) => left.CompareTo(right) <= 0;

    public static bool operator >=(RecordVersion left, RecordVersion right) => left.CompareTo(right) >= 0;

    public override string ToString() => $"{Clock:x16}@{Node}";
}
