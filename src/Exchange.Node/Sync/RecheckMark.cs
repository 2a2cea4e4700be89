namespace Exchange.Node.Sync;

/// <summary>How far records that wait for others were looked at again.</summary>
/// <param name="Terms">The digest of the terms under which all of them were looked at.</param>
/// <param name="After">The key behind which the next session goes on; empty for the beginning.</param>
internal sealed record RecheckMark(ReadOnlyMemory<byte> Terms, ReadOnlyMemory<byte> After)
{
    private const byte FormatByte = 1;
    private const int MaxLength = 512;

    /// <summary>The key of the mark, beside the state of receiving from the peer.</summary>
    public static readonly byte[] Key = [.. "recheck"u8];

    /// <summary>Before anything was looked at.</summary>
    public static RecheckMark None { get; } = new(default, default);

    /// <summary>Whether both say the same.</summary>
    public bool Equals(RecheckMark? other) =>
        other is not null && Terms.Span.SequenceEqual(other.Terms.Span) && After.Span.SequenceEqual(other.After.Span);

    /// <summary>A hash that fits <see cref="Equals(RecheckMark)"/>.</summary>
    public override int GetHashCode() => After.Length;

    /// <summary>The value to store.</summary>
    public byte[] ToBytes()
    {
        var row = new RowWriter(stackalloc byte[MaxLength]);
        row.Byte(FormatByte);
        row.Bytes(Terms.Span);
        row.Bytes(After.Span);
        return row.ToArray();
    }

    /// <summary>Reads a stored value.</summary>
    public static RecheckMark Read(ReadOnlySpan<byte> bytes)
    {
        var row = new RowReader(bytes);
        row.Format(FormatByte);
        return new RecheckMark(row.Bytes().ToArray(), row.Bytes().ToArray());
    }
}
