namespace Exchange.Store.Embedded;

/// <summary>
/// What the store knows of itself without reading records. One value, written by every transaction that changes it, so
/// that it is as durable as the records that it describes.
/// </summary>
internal sealed class StoreState
{
    // The first one knew nothing of restores.
    private const ulong FirstFormat = 1;
    private const ulong Format = 2;

    private readonly Dictionary<string, KindCount> _kinds;

    private StoreState(Dictionary<string, KindCount> kinds) => _kinds = kinds;

    public static string Collection => "$state";

    public static ReadOnlySpan<byte> Key => "state"u8;

    public Guid Epoch { get; set; }

    /// <summary>The newest position given out; also when its record has been purged since.</summary>
    public long Head { get; set; }

    public long Floor { get; set; }

    /// <summary>The clock's newest reading, so that it rises over a restart.</summary>
    public ulong Clock { get; set; }

    /// <summary>Where the store's history was torn by a restore; null if it never was.</summary>
    public RestorePoint? Restored { get; set; }

    public IReadOnlyDictionary<string, KindCount> Kinds => _kinds;

    public static StoreState Create(Guid epoch) => new([]) { Epoch = epoch };

    public StoreState Copy() =>
        new(new Dictionary<string, KindCount>(_kinds))
        {
            Epoch = Epoch,
            Head = Head,
            Floor = Floor,
            Clock = Clock,
            Restored = Restored,
        };

    public void Count(string kind, int live, int tombstones)
    {
        var now = _kinds.GetValueOrDefault(kind);
        _kinds[kind] = new KindCount(now.Live + live, now.Tombstones + tombstones);
    }

    public void WriteTo(ByteWriter writer)
    {
        writer.Number(Format);
        writer.Guid(Epoch);
        writer.Number((ulong)Head);
        writer.Number((ulong)Floor);
        writer.Number(Clock);
        writer.Number(Restored is null ? 0u : 1u);
        writer.Number(Restored?.Clock ?? 0);
        writer.Number((ulong)(Restored?.Time.ToUnixTimeMilliseconds() ?? 0));
        foreach (var (kind, count) in _kinds)
        {
            writer.Text(kind);
            writer.Number((ulong)count.Live);
            writer.Number((ulong)count.Tombstones);
        }
    }

    public static StoreState Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        var format = reader.Number();
        if (format is not (FirstFormat or Format))
        {
            throw new InvalidDataException("The store's state has an unknown format.");
        }

        var state = new StoreState([])
        {
            Epoch = reader.Guid(),
            Head = (long)reader.Number(),
            Floor = (long)reader.Number(),
            Clock = reader.Number(),
        };
        if (format == Format)
        {
            var isRestored = reader.Number() != 0;
            var point = new RestorePoint(
                reader.Number(), DateTimeOffset.FromUnixTimeMilliseconds((long)reader.Number()));
            state.Restored = isRestored ? point : null;
        }

        while (!reader.AtEnd)
        {
            state._kinds[reader.Text()] = new KindCount((long)reader.Number(), (long)reader.Number());
        }

        return state;
    }
}
