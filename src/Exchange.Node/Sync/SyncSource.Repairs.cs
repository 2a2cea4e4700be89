using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Sync;

// Counting anew, comparing with what the peer holds, and sending again.
internal sealed partial class SyncSource
{
    public Task<Recount> RecountAsync(CancellationToken cancellationToken) =>
        _turn.RunAsync(() => RecountInTurnAsync(cancellationToken));

    public Task<Comparison> CompareAsync(
        SyncInspect question,
        SyncInspection page,
        ReadOnlyMemory<byte> after,
        CancellationToken cancellationToken) =>
        _turn.RunAsync(async () =>
        {
            await _ledger.LoadAsync(cancellationToken);
            var comparison = new RegisterComparison(store, codec, terms);
            var found = await comparison.RunAsync(question, page, after, _ledger.State, cancellationToken);
            await QueueAsync(comparison.Queue, cancellationToken);
            return found;
        });

    private async Task<Recount> RecountInTurnAsync(CancellationToken cancellationToken)
    {
        await LoadSettledAsync(cancellationToken);
        using var hasher = new PageHasher(terms.DigestKey);
        var audit = new RegisterAudit(store, codec, terms, _candidates, _views);
        ReadOnlyMemory<byte>? after = ReadOnlyMemory<byte>.Empty;
        while (after is { } from)
        {
            (var queue, after) = await audit.ReadAsync(from, _ledger.State, hasher, cancellationToken);
            await QueueAsync(queue, CancellationToken.None);
        }

        var isQueued = audit.Differing.Count > 0;
        if (!audit.Sums.IsSameAs(_ledger.Digest))
        {
            await _ledger.RebuildAsync(audit.Sums, CancellationToken.None);
            audit.Differing.AddSum(RepairCause.SumWrongAtGiver, terms.From);
        }

        return new Recount(
            _ledger.Digest.ToDigest(withBuckets: true),
            audit.Differing.ToMessage(),
            audit.Lasting.ToMessage(),
            isQueued);
    }

    private async Task QueueAsync(List<EntryWrite> entries, CancellationToken cancellationToken)
    {
        if (entries.Count > 0)
        {
            await _ledger.CommitAsync(_ledger.State, _ledger.Digest, entries, cancellationToken);
        }
    }

    private async Task<OutgoingPage?> ReadRepairsAsync(FeedPosition after, CancellationToken cancellationToken)
    {
        while (true)
        {
            var entries = await store.ReadEntriesAsync(
                RepairQueue.Collection(terms.To), default, default, FeedPageSize, cancellationToken);
            if (entries.Count == 0)
            {
                return null;
            }

            using var page = NewPage();
            var answered = await FillRepairsAsync(page, entries, cancellationToken);
            if (page.Changes.Count > 0)
            {
                await CommitAsync(page, cancellationToken);
                return Page(after, after, page, atHead: false, [.. answered.Select(RepairQueue.ToMark)]);
            }

            page.Entries.AddRange(answered.Select(key => RepairQueue.Drop(terms.To, key)));
            await CommitAsync(page, cancellationToken);
        }
    }

    private async Task<List<ReadOnlyMemory<byte>>> FillRepairsAsync(
        PageBuilder page, IReadOnlyList<Entry> entries, CancellationToken cancellationToken)
    {
        // These go out of turn, as those of the re-projection queue do.
        _untouched = null;
        var keys = entries.Select(entry => RecordKeyBytes.Read(entry.Key.Span)).ToList();
        var held = new Dictionary<RecordKey, HeldView>();
        for (var i = 0; i < keys.Count; i++)
        {
            held[keys[i]] = RepairQueue.Read(entries[i].Value.Span);
        }

        var stored = await store.GetManyAsync(keys, cancellationToken);
        var records = new List<StoredRecord>(keys.Count);
        for (var i = 0; i < keys.Count; i++)
        {
            records.Add(stored[i] ?? await _tombstones.MakeAsync(keys[i], held[keys[i]].Version, cancellationToken));
        }


        // The peer may hold what it was never given, of a kind that it never was.
        var state = _ledger.State with { Kinds = [.. keys.Select(key => key.Kind).Distinct()] };
        var candidates = await _candidates.ReadAsync(records, state, areNew: false, cancellationToken);

        // Nothing is repaired to somebody who is out of sight by now: it is taken back instead.
        await EndSightsAsync(candidates, cancellationToken);
        var answered = entries.Count;
        foreach (var found in candidates)
        {
            var delivery = new Delivery(FeedPosition.Start, state.Era, IsAcknowledged: false);
            var candidate = found with { Held = held[found.Stored.Key] };
            if (!page.TryAdd(candidate, delivery, skipHeld: false))
            {
                answered = keys.IndexOf(found.Stored.Key);
                break;
            }
        }

        await RestampAsync(page, cancellationToken);
        return [.. entries.Take(answered).Select(entry => entry.Key)];
    }
}
