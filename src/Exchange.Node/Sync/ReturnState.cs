using Exchange.Store;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;

namespace Exchange.Node.Sync;

/// <summary>
/// How far it has come that one side gives back to the other what that lost by a restore. Each side keeps its own,
/// for the
/// newest restore, so that a session that is cut goes on where it was.
/// </summary>
internal sealed record ReturnState
{
    private const byte FormatByte = 1;
    private const int MaxLength = 1024;

    /// <summary>The key on the side that gives back: the peer was restored.</summary>
    public static readonly byte[] Giving = [.. "giving"u8];

    /// <summary>The key on the side that takes back: this node was restored.</summary>
    public static readonly byte[] Taking = [.. "taking"u8];

    /// <summary>The epoch that began with the restore.</summary>
    public required string Epoch { get; init; }

    /// <summary>When this side found out.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Everything was given back and is durable.</summary>
    public bool IsComplete { get; init; }

    /// <summary>Giving: up to where this node's feed was gone through.</summary>
    public FeedPosition After { get; init; }

    /// <summary>Giving: up to which key the quarantine was gone through; null while the feed isn't.</summary>
    public ReadOnlyMemory<byte>? Quarantine { get; init; }

    /// <summary>Giving: changes given back. Taking: records that only the partner held.</summary>
    public ulong Returned { get; init; }

    /// <summary>Taking: records that were deleted, erased, frozen or withdrawn again.</summary>
    public ulong ErasedAgain { get; init; }

    /// <summary>Taking: records that the backup had in an older version.</summary>
    public ulong Restamped { get; init; }

    /// <summary>The collection that holds both keys for a peer.</summary>
    public static string Collection(string peer) => $"returns/{peer}";

    /// <summary>Reads what stands; null when nothing ever was given or taken back.</summary>
    public static async Task<(ReturnState? State, ReadOnlyMemory<byte>? Standing)> FindAsync(
        IRecordStore store, string peer, byte[] key, CancellationToken cancellationToken)
    {
        var found = (await store.GetEntriesAsync(Collection(peer), [key], cancellationToken))[0];
        return (found is { } bytes ? Read(bytes.Span) : null, found);
    }

    /// <summary>What operators are told.</summary>
    public RestoreReport ToReport() => new()
    {
        Epoch = Epoch,
        RestoredTime = Time.ToTimestamp(),
        IsComplete = IsComplete,
        ReturnedCount = Returned,
        ErasedAgainCount = ErasedAgain,
        RestampedCount = Restamped,
    };

    /// <summary>The value to store.</summary>
    public byte[] ToBytes()
    {
        var row = new RowWriter(new byte[MaxLength]);
        row.Byte(FormatByte);
        row.Text(Epoch);
        row.Number((ulong)Time.ToUnixTimeMilliseconds());
        row.Bool(IsComplete);
        row.Number((ulong)After.Value);
        row.Bool(Quarantine is not null);
        row.Bytes(Quarantine is { } key ? key.Span : default);
        row.Number(Returned);
        row.Number(ErasedAgain);
        row.Number(Restamped);
        return row.ToArray();
    }

    private static ReturnState Read(ReadOnlySpan<byte> bytes)
    {
        var row = new RowReader(bytes);
        row.Format(FormatByte);
        var state = new ReturnState
        {
            Epoch = row.Text(),
            Time = DateTimeOffset.FromUnixTimeMilliseconds((long)row.Number()),
            IsComplete = row.Bool(),
            After = new FeedPosition((long)row.Number()),
        };
        var inQuarantine = row.Bool();
        var key = row.Bytes().ToArray();
        return state with
        {
            Quarantine = inQuarantine ? key.AsMemory() : (ReadOnlyMemory<byte>?)null,
            Returned = row.Number(),
            ErasedAgain = row.Number(),
            Restamped = row.Number(),
        };
    }
}
