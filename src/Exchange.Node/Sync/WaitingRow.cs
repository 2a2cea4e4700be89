using Exchange.Node.Records;
using Exchange.Store;

namespace Exchange.Node.Sync;

/// <summary>
/// That a record from a peer is stored and names records that haven't come. Two kinds of entries in one collection:
/// what each waits for, and who waits for a record that is missing, so that one who comes is held against it with one
/// read.
/// </summary>
/// <param name="Time">Since when, by this node's clock.</param>
/// <param name="Missing">What it waits for.</param>
internal sealed record WaitingRow(DateTimeOffset Time, IReadOnlyList<RecordKey> Missing)
{
    private const byte FormatByte = 1;
    private const byte WaiterMark = 1;
    private const byte AwaitedMark = 2;

    /// <summary>What the keys of waiting records begin with.</summary>
    public static ReadOnlyMemory<byte> Waiters { get; } = new[] { WaiterMark };

    /// <summary>The collection that holds what of a peer's records waits.</summary>
    public static string Collection(string peer) => $"waiting/{peer}";

    /// <summary>The entry of a record that waits.</summary>
    public static byte[] Waiter(RecordKey record) => [WaiterMark, .. RecordKeyBytes.Of(record)];

    /// <summary>The entry that stands while anything waits for a record; one left over when nothing does any more is
    /// harmless, and goes when the record comes.</summary>
    public static byte[] Awaited(RecordKey missing) => [AwaitedMark, .. RecordKeyBytes.Of(missing)];

    /// <summary>The entry that says who waits for a record.</summary>
    public static byte[] Awaited(RecordKey missing, RecordKey waiter) =>
        [AwaitedMark, .. RecordKeyBytes.Of(missing, RecordKeyBytes.Of(waiter))];

    /// <summary>What the keys of the entries begin with that say who waits.</summary>
    public static ReadOnlyMemory<byte> AllAwaited { get; } = new[] { AwaitedMark };

    /// <summary>Whether an entry says that a record waits, and for which.</summary>
    public static RecordKey? AwaitedBy(RecordKey waiter, ReadOnlySpan<byte> key)
    {
        var missing = RecordKeyBytes.Read(key[1..]);
        var rest = key[(1 + RecordKeyBytes.Length(missing))..];
        return !rest.IsEmpty && RecordKeyBytes.Read(rest) == waiter ? missing : null;
    }

    /// <summary>The record that waits, of an entry of either kind.</summary>
    /// <param name="key">The entry's key.</param>
    /// <param name="missing">The record that it waits for; null for an entry of the first kind.</param>
    public static RecordKey WaiterOf(ReadOnlySpan<byte> key, RecordKey? missing = null) =>
        RecordKeyBytes.Read(key[(missing is { } awaited ? 1 + RecordKeyBytes.Length(awaited) : 1)..]);

    /// <summary>The value to store.</summary>
    public byte[] ToBytes()
    {
        var row = new RowWriter(new byte[32 + Missing.Sum(key => 2 + RecordKeyBytes.Length(key))]);
        row.Byte(FormatByte);
        row.Number((ulong)Time.ToUnixTimeMilliseconds());
        row.Number((ulong)Missing.Count);
        foreach (var key in Missing)
        {
            row.Bytes(RecordKeyBytes.Of(key));
        }

        return row.ToArray();
    }

    /// <summary>
    /// Reads a stored value. One that was damaged doesn't tell what it waits for; the other entries do.
    /// </summary>
    public static WaitingRow Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Parse(bytes);
        }
        catch (Exception exception) when (StoredDamage.Is(exception) || exception is ArgumentOutOfRangeException)
        {
            return new WaitingRow(DateTimeOffset.UnixEpoch, []);
        }
    }

    private static WaitingRow Parse(ReadOnlySpan<byte> bytes)
    {
        var row = new RowReader(bytes);
        row.Format(FormatByte);
        var time = DateTimeOffset.FromUnixTimeMilliseconds((long)row.Number());
        var missing = new List<RecordKey>();
        for (var rest = row.Number(); rest > 0; rest--)
        {
            missing.Add(RecordKeyBytes.Read(row.Bytes()));
        }

        return new WaitingRow(time, missing);
    }
}
