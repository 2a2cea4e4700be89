using System.Buffers;
using System.Text;
using Exchange.Node.Records;
using Exchange.Node.Trust;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using RecordVersion = Exchange.Store.RecordVersion;

namespace Exchange.Node.Sync;

/// <summary>
/// Goes through everything that is held from a peer, in the order of keys and a page at a time, and works out digest
/// items from the payloads as they are stored.
/// </summary>
internal sealed class HeldScan(
    IRecordStore store, RecordCodec codec, ChangeReader reader, DataKeys keys, FlowTerms terms, TimeProvider time)
{
    /// <summary>The most items of a page.</summary>
    public const int PageSize = 500;

    private readonly byte[] _peer = Encoding.UTF8.GetBytes(terms.From);
    private readonly string _quarantine = QuarantineRow.Collection(terms.From);
    private readonly ArrayBufferWriter<byte> _buffer = new(4096);

    /// <summary>Reads the next page.</summary>
    /// <param name="after">The key up to which was read; empty for the beginning.</param>
    /// <param name="wanted">Which buckets; null for all.</param>
    /// <param name="hasher">Computes the items.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<HeldPage> ReadAsync(
        ReadOnlyMemory<byte> after, bool[]? wanted, PageHasher hasher, CancellationToken cancellationToken)
    {
        var (records, through) = await ReadStoredAsync(after, cancellationToken);
        var rows = await store.ReadEntriesAsync(_quarantine, default, after, PageSize, cancellationToken);
        if (rows.Count == PageSize && (through is not { } end || IsBehind(end, rows[^1].Key)))
        {
            through = rows[^1].Key;
        }

        var found = new SortedList<byte[], Held>(Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)));
        foreach (var record in records)
        {
            var key = RecordKeyBytes.Of(record.Key);
            if (IsWithin(key, through) && StoredEnvelope.IsFrom(record, _peer)
                && IsWanted(key, wanted, hasher, out var bucket))
            {
                found[key] = Read(record, key, bucket, hasher);
            }
        }

        foreach (var row in rows)
        {
            var key = row.Key.ToArray();
            if (IsWithin(key, through) && IsWanted(key, wanted, hasher, out var bucket)
                && Read(row, key, bucket, hasher) is { } waiting)
            {
                // What waits counts in place of what is stored.
                found[key] = waiting;
            }
        }

        return new HeldPage([.. found.Values], through);
    }

    private async Task<(List<StoredRecord> Records, ReadOnlyMemory<byte>? Through)> ReadStoredAsync(
        ReadOnlyMemory<byte> after, CancellationToken cancellationToken)
    {
        var kinds = (await store.GetStatusAsync(cancellationToken)).Kinds.Keys.Order(StringComparer.Ordinal);
        var from = after.IsEmpty ? (RecordKey?)null : RecordKeyBytes.Read(after.Span);
        var records = new List<StoredRecord>(PageSize);
        foreach (var kind in kinds)
        {
            if (from is { } passed && string.CompareOrdinal(kind, passed.Kind) < 0)
            {
                continue;
            }

            var cursor = from is { } begun && begun.Kind == kind ? new QueryCursor("", begun.Id) : null;
            do
            {
                var query = new RecordQuery(kind) { After = cursor, Limit = PageSize - records.Count };
                var page = await store.QueryAsync(query, cancellationToken);
                records.AddRange(page.Records);
                cursor = page.Next;
            }
            while (cursor is not null && records.Count < PageSize);

            if (records.Count == PageSize)
            {
                return (records, RecordKeyBytes.Of(records[^1].Key));
            }
        }

        return (records, null);
    }

    private Held Read(StoredRecord record, byte[] key, int bucket, PageHasher hasher)
    {
        var noted = StoredEnvelope.Item(record);
        UInt128? item = null;
        try
        {
            item = ItemOf(record, hasher);
        }
        catch (Exception exception) when (StoredDamage.Is(exception))
        {
            // Somebody or something changed what was stored: it is told as damaged.
        }

        return new Held(record.Key, key, bucket, record.Version, record.Revision, noted, item, IsWaiting: false);
    }

    private Held? Read(Entry entry, byte[] keyBytes, int bucket, PageHasher hasher)
    {
        var key = RecordKeyBytes.Read(keyBytes);
        var row = QuarantineRow.Read(entry.Value.Span);
        if (row.Version.Clock == 0)
        {
            // A change that names no record isn't counted by its sender either.
            return null;
        }

        if (row.Discarded is not null)
        {
            // Its bytes were given up by a person; it counts as what it was.
            return new Held(key, keyBytes, bucket, row.Version, row.Revision, row.Item, row.Item, IsWaiting: true);
        }

        var change = row.Open(key, keys) is { } plain ? reader.Read(plain, time.GetUtcNow(), hasher) : null;
        return new Held(key, keyBytes, bucket, row.Version, row.Revision, row.Item, change?.Item, IsWaiting: true)
        {
            CannotBeRead = change is null,
        };
    }

    private UInt128 ItemOf(StoredRecord record, PageHasher hasher)
    {
        var payload = codec.Payload(record).Span;
        var state = RecordCodec.Envelope(record).State;
        var length = DigestItem.HeaderLength(record.Key, record.Version.Node) + payload.Length;
        _buffer.ResetWrittenCount();
        var bytes = _buffer.GetSpan(length)[..length];
        var header = DigestItem.WriteHeader(bytes, record.Key, record.Version, record.Revision, state);
        payload.CopyTo(bytes[header..]);
        return hasher.Item(bytes);
    }

    private static bool IsWanted(ReadOnlySpan<byte> key, bool[]? wanted, PageHasher hasher, out int bucket)
    {
        bucket = hasher.Bucket(key);
        return wanted is null || wanted[bucket];
    }

    private static bool IsWithin(ReadOnlySpan<byte> key, ReadOnlyMemory<byte>? through) =>
        through is not { } end || key.SequenceCompareTo(end.Span) <= 0;

    private static bool IsBehind(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> other) =>
        key.Span.SequenceCompareTo(other.Span) > 0;
}

/// <summary>A page of what is held.</summary>
/// <param name="Items">By rising key.</param>
/// <param name="Through">The key up to which the page reaches; null when nothing lies behind it.</param>
internal sealed record HeldPage(IReadOnlyList<Held> Items, ReadOnlyMemory<byte>? Through);

/// <summary>What is held of one record.</summary>
/// <param name="Key">The record.</param>
/// <param name="KeyBytes">Its key as <see cref="RecordKeyBytes"/> writes it.</param>
/// <param name="Bucket">Its bucket in the digest.</param>
/// <param name="Version">The version that is held.</param>
/// <param name="Revision">Which view of that version.</param>
/// <param name="Noted">The item that was noted when it came, and that the running sum counts; null for none.</param>
/// <param name="Item">The item as worked out now; null for a removal, and for what can't be read.</param>
/// <param name="IsWaiting">It waits in quarantine.</param>
internal sealed record Held(
    RecordKey Key,
    ReadOnlyMemory<byte> KeyBytes,
    int Bucket,
    RecordVersion Version,
    uint Revision,
    UInt128? Noted,
    UInt128? Item,
    bool IsWaiting)
{
    /// <summary>It can't be opened.</summary>
    public bool CannotBeRead { get; init; }

    /// <summary>What is stored is what was stored.</summary>
    public bool IsSound => !CannotBeRead && Item == Noted && (IsWaiting || Item is not null);

    /// <summary>The item as it is told to the giver.</summary>
    public HeldItem ToMessage()
    {
        var item = new byte[DigestItem.Length];
        DigestItem.Write(Item ?? 0, item);
        return new HeldItem
        {
            Kind = Key.Kind,
            Id = Key.Id.ToString(),
            Version = new V1.RecordVersion { Clock = Version.Clock, Node = Version.Node },
            Revision = Revision,
            Item = Item is null ? ByteString.Empty : UnsafeByteOperations.UnsafeWrap(item),
            Place = !IsSound ? HeldPlace.Damaged : IsWaiting ? HeldPlace.Quarantined : HeldPlace.Stored,
        };
    }
}
