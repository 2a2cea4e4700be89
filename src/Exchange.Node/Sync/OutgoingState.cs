using Exchange.Store;

namespace Exchange.Node.Sync;

/// <summary>
/// What this node remembers of giving to one peer, beside register and digest. One entry, written in every commit with
/// what stood there before as its condition, so that of two sessions with one peer only one can go on.
/// </summary>
internal sealed record OutgoingState
{
    private const byte FormatByte = 1;
    private const int MaxLength = 8192;

    /// <summary>The key of the state in its collection.</summary>
    public static readonly byte[] Key = [.. "state"u8];

    /// <summary>The epoch of our feed that positions belong to.</summary>
    public Guid Epoch { get; init; }

    /// <summary>How far the peer has acknowledged our feed.</summary>
    public FeedPosition Acknowledged { get; init; }

    /// <summary>
    /// Counts the times that either side lost what it knew: our feed got a new epoch, or the peer came back with an
    /// older cursor. What was acknowledged in an earlier era isn't surely held, unless the cursor covers it.
    /// </summary>
    public uint Era { get; init; }

    /// <summary>The era in which the feed's epoch began; positions of rows from before it mean nothing.</summary>
    public uint EpochEra { get; init; }

    /// <summary>
    /// The digest of everything that decides what the peer may see, when records were last held against it.
    /// </summary>
    public ReadOnlyMemory<byte> Terms { get; init; }

    /// <summary>Up to where the feed was held against new terms; null when that is done.</summary>
    public FeedPosition? Sweep { get; init; }

    /// <summary>
    /// Where that ends: what lies behind comes through the feed and is held against the same terms there.
    /// </summary>
    public FeedPosition SweepTarget { get; init; }

    /// <summary>
    /// Kinds of which anything was ever sent, so that one that is dropped from the agreement is taken back.
    /// </summary>
    public IReadOnlyList<string> Kinds { get; init; } = [];

    /// <summary>
    /// Other nodes of whose records anything was ever passed on, so that it is taken back when that ends.
    /// </summary>
    public IReadOnlyList<string> Origins { get; init; } = [];

    /// <summary>Changes sent and acknowledged so far.</summary>
    public ulong Sent { get; init; }

    /// <summary>
    /// How often a record was looked at and no gate let it through, in the last session that withheld any.
    /// </summary>
    public ulong Withheld { get; init; }

    /// <summary>The same for records without a legal basis toward this peer.</summary>
    public ulong WithheldForBasis { get; init; }

    /// <summary>The collection that holds a peer's state.</summary>
    public static string Collection(string peer) => $"sync-out/{peer}";

    /// <summary>The collection that holds the digest of what a peer was given.</summary>
    public static string DigestCollection(string peer) => $"digest-out/{peer}";

    /// <summary>Whether the peer surely holds what a row says.</summary>
    public bool IsHeld(DisclosureRow row)
    {
        var delivery = row.Delivery;
        if (delivery.Position == FeedPosition.Start)
        {
            return delivery.IsAcknowledged && delivery.Era == Era;
        }

        // A removal leaves the feed when its record moves on, so that the cursor alone doesn't prove it to a restored
        // peer.
        var firstEra = row.IsWithdrawn ? Era : EpochEra;
        return delivery.Era >= firstEra && delivery.Position <= Acknowledged;
    }

    /// <summary>The value to store.</summary>
    public byte[] ToBytes()
    {
        var row = new RowWriter(stackalloc byte[MaxLength]);
        row.Byte(FormatByte);
        row.Bytes(Epoch.ToByteArray(bigEndian: true));
        row.Number((ulong)Acknowledged.Value);
        row.Number(Era);
        row.Number(EpochEra);
        row.Bytes(Terms.Span);
        row.Bool(Sweep is not null);
        row.Number((ulong)(Sweep?.Value ?? 0));
        row.Number(Sent);
        row.Number(Withheld);
        row.Number(WithheldForBasis);
        Write(ref row, Kinds);
        row.Number((ulong)SweepTarget.Value);
        Write(ref row, Origins);
        return row.ToArray();
    }

    /// <summary>Reads a stored value.</summary>
    public static OutgoingState Read(ReadOnlySpan<byte> bytes)
    {
        var row = new RowReader(bytes);
        row.Format(FormatByte);
        var state = new OutgoingState
        {
            Epoch = new Guid(row.Bytes(), bigEndian: true),
            Acknowledged = new FeedPosition((long)row.Number()),
            Era = (uint)row.Number(),
            EpochEra = (uint)row.Number(),
            Terms = row.Bytes().ToArray(),
        };
        var sweeping = row.Bool();
        var sweep = new FeedPosition((long)row.Number());
        state = state with
        {
            Sweep = sweeping ? sweep : null,
            Sent = row.Number(),
            Withheld = row.Number(),
            WithheldForBasis = row.Number(),
        };
        return state with
        {
            Kinds = Texts(ref row),
            SweepTarget = row.IsAtEnd ? FeedPosition.Start : new FeedPosition((long)row.Number()),
            Origins = row.IsAtEnd ? [] : Texts(ref row),
        };
    }

    private static void Write(ref RowWriter row, IReadOnlyList<string> texts)
    {
        row.Number((ulong)texts.Count);
        foreach (var text in texts)
        {
            row.Text(text);
        }
    }

    private static string[] Texts(ref RowReader row)
    {
        var texts = new string[row.Number()];
        for (var i = 0; i < texts.Length; i++)
        {
            texts[i] = row.Text();
        }

        return texts;
    }
}
