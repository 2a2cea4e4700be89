using Exchange.Node.Records;
using Exchange.Store;

namespace Exchange.Node.Sync;

/// <summary>
/// What the register says of one record and one peer: the last view that was sent, or that it was taken back.
/// </summary>
internal sealed record DisclosureRow
{
    private const byte FormatByte = 1;
    private const int MaxLength = 4096;

    /// <summary>The version that was sent, or from which on it was taken back.</summary>
    public required RecordVersion Version { get; init; }

    /// <summary>Which view of that version.</summary>
    public required uint Revision { get; init; }

    /// <summary>The digest item of the view: an HMAC over what was sent. Meaningless when it was taken back.</summary>
    public UInt128 Item { get; init; }

    /// <summary>The record was taken back: the peer holds it no longer once the removal is applied.</summary>
    public bool IsWithdrawn { get; init; }

    /// <summary>
    /// The name of the last view's projection, such as <c>city:2</c>: profile and agreement version.
    /// </summary>
    public required string Projection { get; init; }

    /// <summary>The agreement under which that view was sent.</summary>
    public required string Agreement { get; init; }

    /// <summary>
    /// What that view may be used for, one purpose a line; empty in a row of an earlier version of the program, when
    /// agreements had one.
    /// </summary>
    public required string Purposes { get; init; }

    /// <summary>When the view, or that it is taken back, was last sent, by this node's clock.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>How the peer's acknowledgement can be told.</summary>
    public required Delivery Delivery { get; init; }

    /// <summary>The value to store.</summary>
    public byte[] ToBytes()
    {
        var row = new RowWriter(stackalloc byte[MaxLength]);
        row.Byte(FormatByte);
        row.Bool(IsWithdrawn);
        row.Fixed(Version.Clock);
        row.Text(Version.Node);
        row.Number(Revision);
        row.Item(Item);
        row.Text(Projection);
        row.Text(Agreement);
        row.Number((ulong)Time.ToUnixTimeMilliseconds());
        row.Number((ulong)Delivery.Position.Value);
        row.Number(Delivery.Era);
        row.Bool(Delivery.IsAcknowledged);
        row.Text(Purposes);
        return row.ToArray();
    }

    /// <summary>
    /// Reads a stored value. One that was damaged tells that something was sent, and nobody knows what: it is sent, or
    /// taken back, anew.
    /// </summary>
    public static DisclosureRow Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Parse(bytes);
        }
        catch (Exception exception) when (StoredDamage.Is(exception) || exception is ArgumentOutOfRangeException)
        {
            return new DisclosureRow
            {
                Version = new RecordVersion(0, ""),
                Revision = 0,
                Projection = "",
                Agreement = "",
                Time = DateTimeOffset.UnixEpoch,
                Delivery = default,
                Purposes = "",
            };
        }
    }

    private static DisclosureRow Parse(ReadOnlySpan<byte> bytes)
    {
        var row = new RowReader(bytes);
        row.Format(FormatByte);
        return new DisclosureRow
        {
            IsWithdrawn = row.Bool(),
            Version = new RecordVersion(row.Fixed(), row.Text()),
            Revision = (uint)row.Number(),
            Item = row.Item(),
            Projection = row.Text(),
            Agreement = row.Text(),
            Time = DateTimeOffset.FromUnixTimeMilliseconds((long)row.Number()),
            Delivery = new Delivery(new FeedPosition((long)row.Number()), (uint)row.Number(), row.Bool()),
            Purposes = row.IsAtEnd ? "" : row.Text(),
        };
    }
}

/// <summary>
/// How a view was sent. One from the feed is acknowledged by the peer's cursor passing its position, so that its row
/// isn't written a second time; one from the re-projection queue is marked.
/// </summary>
/// <param name="Position">The record's place in the feed; the start for one from the queue.</param>
/// <param name="Era">The era in which it was sent: see <see cref="OutgoingState.Era"/>.</param>
/// <param name="IsAcknowledged">The peer acknowledged it; told only for one from the queue.</param>
internal readonly record struct Delivery(FeedPosition Position, uint Era, bool IsAcknowledged);
