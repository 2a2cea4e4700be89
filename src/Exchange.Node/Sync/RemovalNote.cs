using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>
/// How a partner's record came to be taken back. Kept with the tombstone in the place of its digest item, so that it
/// can
/// be told to the record's home after that was restored from a backup.
/// </summary>
/// <param name="Reason">Why.</param>
/// <param name="ConsentVersion">The consent's version that ended the right to hold it; see the contract.</param>
internal readonly record struct RemovalNote(RemovalReason Reason, ulong ConsentVersion)
{
    /// <summary>The consent version of an erasure: nothing ever comes back.</summary>
    public const ulong Erased = ulong.MaxValue;

    /// <summary>Bytes of a note; who gave the removal may stand behind them.</summary>
    public const int Length = 10;

    private const byte FormatByte = 1;

    /// <summary>The value to store.</summary>
    public byte[] ToBytes()
    {
        var row = new RowWriter(stackalloc byte[Length]);
        row.Byte(FormatByte);
        row.Byte((byte)Reason);
        row.Fixed(ConsentVersion);
        return row.ToArray();
    }

    /// <summary>Reads a tombstone's note. One that has none says nothing about the record at its home.</summary>
    public static RemovalNote Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Length)
        {
            return new RemovalNote(RemovalReason.LeftScope, 0);
        }

        var row = new RowReader(bytes);
        row.Format(FormatByte);
        return new RemovalNote((RemovalReason)row.Byte(), row.Fixed());
    }
}
