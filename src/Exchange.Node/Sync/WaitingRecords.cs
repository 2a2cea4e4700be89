using Exchange.Node.Records;
using Exchange.Store;

namespace Exchange.Node.Sync;

/// <summary>
/// Finds out which records of a peer name others that haven't come yet, and which wait no longer. Only what the
/// agreement lets come from that peer is waited for: a record of another kind is never going to.
/// </summary>
internal sealed class WaitingRecords(IRecordStore store, FlowTerms terms, TimeProvider time)
{
    private const int PageSize = 1000;

    private readonly string _collection = WaitingRow.Collection(terms.From);

    /// <summary>Reads what the records of one batch depend on. Kinds that name no others ask for nothing.</summary>
    /// <param name="changes">The changes of the batch.</param>
    /// <param name="waiting">How many records of the peer wait now.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<WaitingPlan> PlanAsync(
        IReadOnlyList<IncomingChange> changes, ulong waiting, CancellationToken cancellationToken)
    {
        var plan = new WaitingPlan(_collection, time.GetUtcNow());
        await FindMissingAsync(changes, plan, cancellationToken);
        if (waiting > 0 && changes.Count > 0)
        {
            await FindWaitersAsync(changes, plan, cancellationToken);
        }

        return plan;
    }

    /// <summary>
    /// Looks again at everything that waits, a page at a time: what it names may have come by another way, or can't
    /// come any more under these terms.
    /// </summary>
    /// <param name="after">The key behind which to go on; empty for the beginning.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>What to write, and where to go on; null at the end.</returns>
    public async Task<(WaitingPlan Plan, ReadOnlyMemory<byte>? Next)> RecheckAsync(
        ReadOnlyMemory<byte> after, CancellationToken cancellationToken)
    {
        var plan = new WaitingPlan(_collection, time.GetUtcNow());
        var entries = await store.ReadEntriesAsync(
            _collection, WaitingRow.Waiters, after, PageSize, cancellationToken);
        foreach (var entry in entries)
        {
            var (waiter, row) = (WaitingRow.WaiterOf(entry.Key.Span), WaitingRow.Read(entry.Value.Span));
            plan.Load(waiter, row);
            if (row.Missing.Count == 0)
            {
                plan.Mend(waiter, await MissingAsync(waiter, cancellationToken));
            }
        }

        var named = plan.Awaited.Where(MayCome).ToList();
        var stored = await GetAsync(named, cancellationToken);
        foreach (var key in plan.Awaited.Where(key => !MayCome(key) || stored.Contains(key)).ToList())
        {
            plan.Came(key);
        }

        return (plan, entries.Count < PageSize ? default(ReadOnlyMemory<byte>?) : entries[^1].Key);
    }

    // What a damaged row said, as the entries have it that say who waits.
    private async Task<IReadOnlyList<RecordKey>> MissingAsync(
        RecordKey waiter, CancellationToken cancellationToken)
    {
        var missing = new List<RecordKey>();
        await foreach (var entry in store.ReadAllEntriesAsync(
            _collection, WaitingRow.AllAwaited, cancellationToken, PageSize))
        {
            if (WaitingRow.AwaitedBy(waiter, entry.Key.Span) is { } awaited)
            {
                missing.Add(awaited);
            }
        }

        return missing;
    }

    private async Task FindMissingAsync(
        IReadOnlyList<IncomingChange> changes, WaitingPlan plan, CancellationToken cancellationToken)
    {
        HashSet<RecordKey>? named = null;
        foreach (var change in changes)
        {
            if (change.Refusal is null && change.Facts.References.Count > 0)
            {
                (named ??= []).UnionWith(change.Facts.References.Where(MayCome));
            }
        }

        if (named is null)
        {
            return;
        }

        named.ExceptWith(changes.Where(IsStored).Select(change => change.Key));
        var stored = await GetAsync([.. named], cancellationToken);
        named.ExceptWith(stored);
        foreach (var change in changes.Where(change => change.Refusal is null && named.Count > 0))
        {
            if (change.Facts.References.Where(named.Contains).Distinct().ToList() is { Count: > 0 } missing)
            {
                plan.Misses(change, missing);
            }
        }
    }

    private async Task FindWaitersAsync(
        IReadOnlyList<IncomingChange> changes, WaitingPlan plan, CancellationToken cancellationToken)
    {
        var keys = changes.Select(change => (ReadOnlyMemory<byte>)WaitingRow.Waiter(change.Key))
            .Concat(changes.Select(change => (ReadOnlyMemory<byte>)WaitingRow.Awaited(change.Key)))
            .ToList();
        var found = await store.GetEntriesAsync(_collection, keys, cancellationToken);
        for (var i = 0; i < changes.Count; i++)
        {
            if (found[i] is { } row)
            {
                plan.Load(changes[i].Key, WaitingRow.Read(row.Span));
            }
        }

        for (var i = 0; i < changes.Count; i++)
        {
            if (found[changes.Count + i] is not null && IsStored(changes[i]))
            {
                await LoadWaitersAsync(changes[i], plan, cancellationToken);
            }
        }
    }

    private async Task LoadWaitersAsync(IncomingChange come, WaitingPlan plan, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> prefix = WaitingRow.Awaited(come.Key);
        var after = prefix;
        for (var isOver = false; !isOver;)
        {
            var page = await store.ReadEntriesAsync(_collection, prefix, after, PageSize, cancellationToken);
            var waiters = page.Select(entry => WaitingRow.WaiterOf(entry.Key.Span, come.Key)).ToList();
            var rows = await store.GetEntriesAsync(
                _collection,
                waiters.ConvertAll(waiter => (ReadOnlyMemory<byte>)WaitingRow.Waiter(waiter)),
                cancellationToken);
            for (var i = 0; i < waiters.Count; i++)
            {
                if (rows[i] is { } row)
                {
                    plan.Load(waiters[i], WaitingRow.Read(row.Span));
                }
            }

            isOver = page.Count < PageSize;
            after = isOver ? after : page[^1].Key;
        }

        plan.Brings(come);
    }

    // One that was taken back has come too: nobody waits for it any more.
    private async Task<HashSet<RecordKey>> GetAsync(List<RecordKey> keys, CancellationToken cancellationToken)
    {
        var found = keys.Count == 0 ? [] : await store.GetManyAsync(keys, cancellationToken);
        return [.. found.OfType<StoredRecord>().Select(record => record.Key)];
    }

    private bool MayCome(RecordKey key) => terms.For(key.Kind) is not null;

    private static bool IsStored(IncomingChange change) => change.Put is not null;
}
