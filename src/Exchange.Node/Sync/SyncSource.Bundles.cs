using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Sync;

// What leaves in a bundle is confirmed long after, if at all. So what was read out of turn leaves its queue for the
// bundle, and is queued again by whatever is read next, unless an answer came before.
internal sealed partial class SyncSource
{
    /// <summary>Begins to read for a bundle, where the peer is known to have applied our feed.</summary>
    /// <param name="fromStart">Whatever the peer has confirmed.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<FeedCursor> BeginBundleAsync(bool fromStart, CancellationToken cancellationToken) =>
        _turn.RunAsync(async () =>
        {
            await _ledger.LoadAsync(cancellationToken);
            var after = fromStart ? FeedPosition.Start : _ledger.State.Acknowledged;
            await BeginAsync(after, isPeerRestored: false, cancellationToken);
            return Cursor(after);
        });

    /// <summary>Moves a page that isn't one of the feed from where it waits into a bundle, durably.</summary>
    public Task TakeAlongAsync(ulong number, OutgoingPage page, CancellationToken cancellationToken) =>
        _turn.RunAsync(async () =>
        {
            await _ledger.LoadAsync(cancellationToken);
            var (state, entries) = Answered(page.Reprojections, _ledger.State);

            // Without a mark it is about lost tombstones, which no queue but that of repairs knows how to make again.
            var isRepair = page.Reprojections.All(key => RepairQueue.FromMark(key) is not null);
            entries.AddRange(page.Changes.Select(
                change => BundledRow.Write(terms.To, number, isRepair, change)));
            await _ledger.CommitAsync(state, _ledger.Digest, entries, cancellationToken);
            return true;
        });

    /// <summary>Takes in what the peer said of a bundle; repeating it changes nothing.</summary>
    /// <param name="number">The bundle's; 0 for no bundle.</param>
    /// <param name="applied">Where the peer stands in our feed, in its present epoch.</param>
    /// <param name="ack">How many changes it applied, and what it has put aside.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>Whether anything was news.</returns>
    public Task<bool> ConfirmBundleAsync(
        ulong number, FeedCursor applied, SyncAck ack, CancellationToken cancellationToken) =>
        _turn.RunAsync(async () =>
        {
            await _ledger.LoadAsync(cancellationToken);
            var isNews = await ConfirmBundledAsync(number, cancellationToken);
            var (state, to) = (_ledger.State, Position(applied));
            if (isNews || to > state.Acknowledged)
            {
                state = state with
                {
                    Acknowledged = Later(to, state.Acknowledged),
                    Sent = state.Sent + ack.AppliedCount,
                };
                await _ledger.CommitAsync(state, _ledger.Digest, [], cancellationToken);
                isNews = true;
            }

            await CloseTakenAsync(cancellationToken);
            await _putAside.ReplaceAsync(ack, cancellationToken);
            return isNews;
        });

    private async Task<bool> ConfirmBundledAsync(ulong number, CancellationToken cancellationToken)
    {
        var isNews = false;
        ReadOnlyMemory<byte> after = default;
        while (true)
        {
            var page = await store.ReadEntriesAsync(
                BundledRow.Collection(terms.To), default, after, FeedPageSize, cancellationToken);
            if (page.Count == 0)
            {
                return isNews;
            }

            after = page[^1].Key;
            var own = page.Where(entry => BundledRow.Read(entry.Value.Span).Number == number).ToList();
            if (own.Count == 0)
            {
                continue;
            }

            var changes = own.ConvertAll(
                entry => BundledRow.Read(entry.Value.Span).ToChange(RecordKeyBytes.Read(entry.Key.Span)));
            var entries = own.ConvertAll(entry => BundledRow.Drop(terms.To, entry.Key));
            await AcknowledgeRowsAsync(changes, entries, cancellationToken);
            await CloseRetractionsAsync(changes, entries, cancellationToken);
            await _ledger.CommitAsync(_ledger.State, _ledger.Digest, entries, cancellationToken);
            isNews = true;
        }
    }

    // Whether the bundle ever came isn't known: what it took along is queued again, and a peer that has it skips it.
    private async Task QueueBundledAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var page = await store.ReadEntriesAsync(
                BundledRow.Collection(terms.To), default, default, FeedPageSize, cancellationToken);
            if (page.Count == 0)
            {
                return;
            }

            var keys = page.Select(entry => entry.Key).ToList();
            var records = await store.GetManyAsync(
                [.. keys.Select(key => RecordKeyBytes.Read(key.Span))], cancellationToken);
            var open = await OpenRetractions.FindAsync(store, terms.To, keys, cancellationToken);
            var cause = Guid.CreateVersion7(time.GetUtcNow());
            var entries = keys.ConvertAll(key => BundledRow.Drop(terms.To, key));
            for (var i = 0; i < keys.Count; i++)
            {
                var row = BundledRow.Read(page[i].Value.Span);
                var key = RecordKeyBytes.Read(keys[i].Span);
                entries.Add(
                    row.IsRepair || records[i] is null
                        ? RepairQueue.Add(terms.To, keys[i], new HeldView(row.Version, row.Revision))
                        : row.IsRemoval && open[i] is { } asked
                            ? ReprojectionQueue.Ask(terms.To, key, cause, asked.Ask)
                            : ReprojectionQueue.Add(terms.To, key, cause));
            }

            await _ledger.CommitAsync(_ledger.State, _ledger.Digest, entries, cancellationToken);
        }
    }
}
