using Exchange.Node.Records;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Exchange.Node.Sync;

/// <summary>
/// What a peer's acks said that it put aside of what we gave, so that both operators see the same list. Nothing in sync
/// depends on it: a list that lags behind is set right at the next session's start.
/// </summary>
internal sealed class PeerPutAside(IRecordStore store, string peer, TimeProvider time)
{
    private const int PageSize = 1000;

    private readonly string _collection = Collection(peer);
    private bool? _any;

    /// <summary>The collection that holds what a peer put aside: record to <see cref="QuarantineItem"/>.</summary>
    public static string Collection(string peer) => $"put-aside/{peer}";

    /// <summary>What an acknowledged batch changes: what its ack doesn't list was applied.</summary>
    public async Task<List<EntryWrite>> EntriesForAsync(
        IReadOnlyList<SyncChange> changes, SyncAck ack, CancellationToken cancellationToken)
    {
        var listed = Listed(ack);
        _any ??= (await store.ReadEntriesAsync(_collection, default, default, 1, cancellationToken)).Count > 0;
        if (listed.Count == 0 && _any == false)
        {
            return [];
        }

        var settled = ack.Settled.Where(record => IsKey(record.Kind, record.Id))
            .Select(record => new RecordKey(record.Kind, Guid.Parse(record.Id)));
        var gone = changes.Select(SyncChanges.Key).Concat(settled).Where(key => !listed.ContainsKey(key));
        var standing = await FindAsync([.. gone.Concat(listed.Keys).Distinct()], cancellationToken);
        _any = true;
        return Entries(standing, listed);
    }

    /// <summary>Takes in a whole list: what it doesn't name is settled.</summary>
    public async Task ReplaceAsync(SyncAck list, CancellationToken cancellationToken)
    {
        var listed = Listed(list);
        var standing = list.ListsAll
            ? await ReadAsync(cancellationToken)
            : await FindAsync([.. listed.Keys], cancellationToken);
        var entries = Entries(standing, listed);
        if (entries.Count > 0)
        {
            await store.CommitAsync(new Commit { Entries = entries }, cancellationToken);
        }

        _any = null;
    }

    private List<EntryWrite> Entries(
        Dictionary<RecordKey, QuarantineItem> standing, Dictionary<RecordKey, QuarantineItem> listed)
    {
        var entries = new List<EntryWrite>();
        foreach (var key in standing.Keys.Where(key => !listed.ContainsKey(key)))
        {
            entries.Add(EntryWrite.Delete(_collection, RecordKeyBytes.Of(key)));
        }

        foreach (var (key, item) in listed)
        {
            var before = standing.GetValueOrDefault(key);
            item.PutAsideTime = before?.PutAsideTime ?? time.GetUtcNow().ToTimestamp();
            if (!item.Equals(before))
            {
                entries.Add(new EntryWrite(_collection, RecordKeyBytes.Of(key), item.ToByteArray()));
            }
        }

        return entries;
    }

    private async Task<Dictionary<RecordKey, QuarantineItem>> FindAsync(
        List<RecordKey> keys, CancellationToken cancellationToken)
    {
        var found = keys.Count == 0
            ? []
            : await store.GetEntriesAsync(
                _collection, keys.ConvertAll(key => (ReadOnlyMemory<byte>)RecordKeyBytes.Of(key)), cancellationToken);
        var standing = new Dictionary<RecordKey, QuarantineItem>();
        for (var i = 0; i < found.Count; i++)
        {
            if (found[i] is { } value)
            {
                standing[keys[i]] = QuarantineItem.Parser.ParseFrom(value.Span);
            }
        }

        return standing;
    }

    private async Task<Dictionary<RecordKey, QuarantineItem>> ReadAsync(CancellationToken cancellationToken)
    {
        var standing = new Dictionary<RecordKey, QuarantineItem>();
        await foreach (var entry in store.ReadAllEntriesAsync(_collection, default, cancellationToken))
        {
            standing[RecordKeyBytes.Read(entry.Key.Span)] = QuarantineItem.Parser.ParseFrom(entry.Value.Span);
        }

        return standing;
    }

    // The peer's words, so nothing of them is taken for granted.
    private Dictionary<RecordKey, QuarantineItem> Listed(SyncAck ack)
    {
        var listed = new Dictionary<RecordKey, QuarantineItem>();
        foreach (var waiting in ack.Waiting.Where(waiting => IsKey(waiting.Kind, waiting.Id)))
        {
            var item = NewItem(waiting.Kind, waiting.Id, QuarantineStatus.Waiting);
            item.Missing.AddRange(waiting.Missing);
            listed[new RecordKey(item.Kind, Guid.Parse(item.Id))] = item;
        }

        foreach (var change in ack.Quarantined.Where(change => IsKey(change.Kind, change.Id)))
        {
            var item = NewItem(change.Kind, change.Id, QuarantineStatus.Quarantined);
            (item.Reason, item.Message) = (change.Reason, change.Message);
            listed[new RecordKey(item.Kind, Guid.Parse(item.Id))] = item;
        }

        return listed;
    }

    private QuarantineItem NewItem(string kind, string id, QuarantineStatus status) =>
        new() { Peer = peer, Side = QuarantineSide.Theirs, Kind = kind, Id = id, Status = status };

    private static bool IsKey(string kind, string id) =>
        kind.Length is > 0 and <= 63 && !kind.Contains('\0', StringComparison.Ordinal) && ReferenceRules.IsId(id);
}
