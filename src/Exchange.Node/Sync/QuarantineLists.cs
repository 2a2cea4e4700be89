using System.Globalization;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;

namespace Exchange.Node.Sync;

/// <summary>
/// Reads what is put aside on both sides of each partnership, in one order: partner, side, status, record.
/// </summary>
internal sealed class QuarantineLists(IRecordStore store)
{
    // What each partner has: our quarantine, our waiting records, and what it told of its own.
    private static readonly Source[] Sources =
    [
        new(QuarantineSide.Ours, QuarantineRow.Collection, default, Quarantined),
        new(QuarantineSide.Ours, WaitingRow.Collection, WaitingRow.Waiters, Waiting),
        new(QuarantineSide.Theirs, PeerPutAside.Collection, default,
            (_, entry) => QuarantineItem.Parser.ParseFrom(entry.Value.Span)),
    ];

    /// <summary>Returns a page, and where to go on; null at the end.</summary>
    /// <param name="peers">The partners, in order.</param>
    /// <param name="side">Only this side's; unspecified for both.</param>
    /// <param name="limit">The most items wanted.</param>
    /// <param name="after">Where the last page ended; null for the first.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<(List<QuarantineItem> Items, string? Next)> ReadAsync(
        IReadOnlyList<string> peers, QuarantineSide side, int limit, string? after, CancellationToken cancellationToken)
    {
        var place = Place.Parse(after);
        var items = new List<QuarantineItem>();
        foreach (var peer in peers)
        {
            for (var i = 0; i < Sources.Length; i++)
            {
                var order = place is null ? 1 : place.CompareTo(peer, i);
                if (order < 0 || (side != QuarantineSide.Unspecified && side != Sources[i].Side))
                {
                    continue;
                }

                var from = order == 0 ? place!.Key : default;
                var entries = await store.ReadEntriesAsync(
                    Sources[i].Collection(peer), Sources[i].Prefix, from, limit - items.Count, cancellationToken);
                items.AddRange(entries.Select(entry => Sources[i].ToItem(peer, entry)));
                if (items.Count == limit)
                {
                    return (items, new Place(peer, i, entries[^1].Key).ToString());
                }
            }
        }

        return (items, null);
    }

    /// <summary>A quarantined change as it is listed.</summary>
    public static QuarantineItem ToItem(string peer, RecordKey key, QuarantineRow row)
    {
        var item = new QuarantineItem
        {
            Peer = peer,
            Side = QuarantineSide.Ours,
            Kind = key.Kind,
            Id = key.Id.ToString(),
            Status = row.Discarded is null ? QuarantineStatus.Quarantined : QuarantineStatus.Discarded,
            Reason = row.Reason,
            Message = row.Message,
            PutAsideTime = row.Time.ToTimestamp(),
        };
        if (row.Discarded is { } discarded)
        {
            (item.DiscardReason, item.DiscardTime) = (discarded.Reason, discarded.Time.ToTimestamp());
        }

        return item;
    }

    private static QuarantineItem Quarantined(string peer, Entry entry) =>
        ToItem(peer, RecordKeyBytes.Read(entry.Key.Span), QuarantineRow.Read(entry.Value.Span));

    private static QuarantineItem Waiting(string peer, Entry entry)
    {
        var key = WaitingRow.WaiterOf(entry.Key.Span);
        var row = WaitingRow.Read(entry.Value.Span);
        var item = new QuarantineItem
        {
            Peer = peer,
            Side = QuarantineSide.Ours,
            Kind = key.Kind,
            Id = key.Id.ToString(),
            Status = QuarantineStatus.Waiting,
            PutAsideTime = row.Time.ToTimestamp(),
        };
        item.Missing.AddRange(row.Missing.Select(
            missing => new MissingReference { Kind = missing.Kind, Id = missing.Id.ToString() }));
        return item;
    }

    private sealed record Source(
        QuarantineSide Side,
        Func<string, string> Collection,
        ReadOnlyMemory<byte> Prefix,
        Func<string, Entry, QuarantineItem> ToItem);

    private sealed record Place(string Peer, int Source, ReadOnlyMemory<byte> Key)
    {
        public static Place? Parse(string? text) => text?.Split(' ') is [var peer, var source, var key]
            ? new Place(peer, int.Parse(source, CultureInfo.InvariantCulture), Convert.FromHexString(key))
            : null;

        /// <summary>How a source compares with this place: below 0 when it was read already.</summary>
        public int CompareTo(string peer, int source) => string.CompareOrdinal(peer, Peer) is var order && order != 0
            ? order
            : source.CompareTo(Source);

        public override string ToString() =>
            string.Create(CultureInfo.InvariantCulture, $"{Peer} {Source} {Convert.ToHexString(Key.Span)}");
    }
}
