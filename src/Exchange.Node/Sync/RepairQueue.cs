using Exchange.Store;

namespace Exchange.Node.Sync;

/// <summary>
/// Records that a peer doesn't hold as it should: they are sent again, or taken back, with a view that it takes for
/// new. Durable, so that a session that is cut leaves the rest of a repair to the next one.
/// </summary>
internal static class RepairQueue
{
    private const byte FormatByte = 1;
    private const int MaxLength = 128;

    // No record's key begins so, and no sweep's mark.
    private const byte MarkPrefix = 1;

    /// <summary>The collection that holds a peer's queue.</summary>
    public static string Collection(string peer) => $"repair/{peer}";

    /// <summary>Queues a record for a peer; repeating it changes nothing.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="key">The record's key as <see cref="RecordKeyBytes"/> writes it.</param>
    /// <param name="held">What the peer holds of it, which the next view must be newer than.</param>
    public static EntryWrite Add(string peer, ReadOnlyMemory<byte> key, HeldView held)
    {
        var row = new RowWriter(stackalloc byte[MaxLength]);
        row.Byte(FormatByte);
        row.Fixed(held.Version.Clock);
        row.Text(held.Version.Node ?? "");
        row.Number(held.Revision);
        return new EntryWrite(Collection(peer), key, row.ToArray());
    }

    /// <summary>Drops an answered entry.</summary>
    public static EntryWrite Drop(string peer, ReadOnlyMemory<byte> key) => new(Collection(peer), key, Value: null);

    /// <summary>Reads what the peer held when a record was queued.</summary>
    public static HeldView Read(ReadOnlySpan<byte> value)
    {
        var row = new RowReader(value);
        row.Format(FormatByte);
        return new HeldView(new RecordVersion(row.Fixed(), row.Text()), (uint)row.Number());
    }

    /// <summary>An entry's key among those that a page answers.</summary>
    public static ReadOnlyMemory<byte> ToMark(ReadOnlyMemory<byte> key) => (byte[])[MarkPrefix, .. key.Span];

    /// <summary>The entry's key; null if the mark is of something else.</summary>
    public static ReadOnlyMemory<byte>? FromMark(ReadOnlyMemory<byte> mark) =>
        mark.Length > 1 && mark.Span[0] == MarkPrefix ? mark[1..] : (ReadOnlyMemory<byte>?)null;
}

/// <summary>What a peer holds of a record.</summary>
/// <param name="Version">The version; clock 0 when it holds none.</param>
/// <param name="Revision">Which view of it.</param>
internal readonly record struct HeldView(RecordVersion Version, uint Revision)
{
    /// <summary>Nothing is held.</summary>
    public static HeldView Nothing { get; } = new(new RecordVersion(0, ""), 0);
}
