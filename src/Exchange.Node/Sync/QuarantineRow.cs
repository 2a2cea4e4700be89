using Exchange.Node.Records;
using Exchange.Node.Trust;
using Exchange.Store;
using Exchange.V1;
using RecordVersion = Exchange.Store.RecordVersion;

namespace Exchange.Node.Sync;

/// <summary>A change that was kept but not applied. One for each record: a later change takes its place.</summary>
internal sealed record QuarantineRow
{
    private const byte FormatByte = 1;

    // Beside the change itself: reason, version, item, message.
    private const int Overhead = 2048;

    /// <summary>Why.</summary>
    public required ErrorReason Reason { get; init; }

    /// <summary>The reason in words, without personal data.</summary>
    public required string Message { get; init; }

    /// <summary>The version of the change.</summary>
    public required RecordVersion Version { get; init; }

    /// <summary>Which view of that version.</summary>
    public required uint Revision { get; init; }

    /// <summary>
    /// The epoch of the peer's feed in which it came; versions of different epochs can't be compared.
    /// </summary>
    public required string Epoch { get; init; }

    /// <summary>
    /// What it adds to the digest, in place of what is stored of the record; null for a removal, which adds nothing,
    /// and for a change that names no record.
    /// </summary>
    public UInt128? Item { get; init; }

    /// <summary>When it came, by this node's clock.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The serialized change, sealed like a personal payload; empty once it was discarded.</summary>
    public required ReadOnlyMemory<byte> Sealed { get; init; }

    /// <summary>
    /// Why and when an operator discarded the change; null while it is kept. It goes on counting in the digest, because
    /// its sender counts it too.
    /// </summary>
    public Discard? Discarded { get; init; }

    /// <summary>The collection that holds a peer's quarantine.</summary>
    public static string Collection(string peer) => $"quarantine/{peer}";

    /// <summary>Whether a change is this one, come again.</summary>
    public bool IsOf(IncomingChange change) =>
        change.Version == Version && change.Revision == Revision && change.Item == Item;

    /// <summary>
    /// The change itself; null when it was discarded, damaged, or sealed under another key: one row holds up nothing
    /// else.
    /// </summary>
    public SyncChange? Open(RecordKey key, DataKeys keys)
    {
        if (Discarded is not null)
        {
            return null;
        }

        try
        {
            return SyncChange.Parser.ParseFrom(keys.Unseal(key, Sealed.Span));
        }
        catch (Exception exception) when (StoredDamage.Is(exception))
        {
            return null;
        }
    }

    /// <summary>The value to store.</summary>
    public byte[] ToBytes()
    {
        var row = new RowWriter(new byte[Overhead + Sealed.Length]);
        row.Byte(FormatByte);
        row.Number((ulong)Reason);
        row.Text(Message);
        row.Fixed(Version.Clock);
        row.Text(Version.Node);
        row.Number(Revision);
        row.Text(Epoch);
        row.Bool(Item is not null);
        row.Item(Item ?? 0);
        row.Number((ulong)Time.ToUnixTimeMilliseconds());
        row.Bytes(Sealed.Span);
        if (Discarded is { } discarded)
        {
            row.Number((ulong)discarded.Time.ToUnixTimeMilliseconds());
            row.Text(discarded.Reason);
        }

        return row.ToArray();
    }

    /// <summary>Reads a stored value; one that was damaged is told as such, and replaced by whatever comes.</summary>
    public static QuarantineRow Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Parse(bytes);
        }
        catch (Exception exception) when (StoredDamage.Is(exception) || exception is ArgumentOutOfRangeException)
        {
            return new QuarantineRow
            {
                Reason = ErrorReason.ChangeInvalid,
                Message = "What was kept of the change is damaged. It comes again when both sides compare.",
                Version = new RecordVersion(0, ""),
                Revision = 0,
                Epoch = "",
                Time = DateTimeOffset.UnixEpoch,
                Sealed = default,
            };
        }
    }

    private static QuarantineRow Parse(ReadOnlySpan<byte> bytes)
    {
        var row = new RowReader(bytes);
        row.Format(FormatByte);
        var reason = (ErrorReason)row.Number();
        var message = row.Text();
        var version = new RecordVersion(row.Fixed(), row.Text());
        var revision = (uint)row.Number();
        var epoch = row.Text();
        var isCounted = row.Bool();
        var item = row.Item();
        return new QuarantineRow
        {
            Reason = reason,
            Message = message,
            Version = version,
            Revision = revision,
            Epoch = epoch,
            Item = isCounted ? item : null,
            Time = DateTimeOffset.FromUnixTimeMilliseconds((long)row.Number()),
            Sealed = row.Bytes().ToArray(),
            Discarded = row.IsAtEnd
                ? null
                : new Discard(DateTimeOffset.FromUnixTimeMilliseconds((long)row.Number()), row.Text()),
        };
    }
}

/// <summary>That an operator dropped a quarantined change for good.</summary>
/// <param name="Time">When.</param>
/// <param name="Reason">Why, in the operator's words.</param>
internal sealed record Discard(DateTimeOffset Time, string Reason);
