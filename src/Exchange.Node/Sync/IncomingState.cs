using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>
/// What this node remembers of receiving from one peer, beside the digest. One entry, written with every batch, with
/// what stood there before as its condition.
/// </summary>
internal sealed record IncomingState
{
    private const byte FormatByte = 1;
    private const int MaxLength = 1024;

    /// <summary>The key of the state in its collection.</summary>
    public static readonly byte[] Key = [.. "state"u8];

    /// <summary>The epoch of the peer's feed; empty when nothing was ever read.</summary>
    public string Epoch { get; init; } = "";

    /// <summary>How far the peer's feed has been applied.</summary>
    public ulong Position { get; init; }

    /// <summary>Changes applied so far.</summary>
    public ulong Applied { get; init; }

    /// <summary>Changes that wait in quarantine.</summary>
    public ulong Quarantined { get; init; }

    /// <summary>Records of the peer that are stored and name one that hasn't come yet.</summary>
    public ulong Waiting { get; init; }

    /// <summary>The collection that holds a peer's state.</summary>
    public static string Collection(string peer) => $"sync-in/{peer}";

    /// <summary>The collection that holds the digest of what a peer gave.</summary>
    public static string DigestCollection(string peer) => $"digest-in/{peer}";

    /// <summary>Where the peer's feed is applied to.</summary>
    public FeedCursor Cursor => new() { Epoch = Epoch, Position = Position };

    /// <summary>
    /// The state with the cursor behind a batch. A batch that doesn't begin where the last one ended is a repeat, and
    /// moves nothing.
    /// </summary>
    public IncomingState After(SyncBatch batch)
    {
        var follows = batch.From.Epoch == Epoch && batch.From.Position == Position;
        return follows || batch.From.Position == 0
            ? this with { Epoch = batch.To.Epoch, Position = batch.To.Position }
            : this;
    }

    /// <summary>The value to store.</summary>
    public byte[] ToBytes()
    {
        var row = new RowWriter(stackalloc byte[MaxLength]);
        row.Byte(FormatByte);
        row.Text(Epoch);
        row.Number(Position);
        row.Number(Applied);
        row.Number(Quarantined);
        row.Number(Waiting);
        return row.ToArray();
    }

    /// <summary>Reads a stored value.</summary>
    public static IncomingState Read(ReadOnlySpan<byte> bytes)
    {
        var row = new RowReader(bytes);
        row.Format(FormatByte);
        return new IncomingState
        {
            Epoch = row.Text(),
            Position = row.Number(),
            Applied = row.Number(),
            Quarantined = row.Number(),
            Waiting = row.IsAtEnd ? 0 : row.Number(),
        };
    }
}
