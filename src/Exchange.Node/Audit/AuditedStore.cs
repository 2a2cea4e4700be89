using Exchange.Store;

namespace Exchange.Node.Audit;

/// <summary>
/// The node's store: notes in the audit chain what every commit means, without its callers having to.
/// </summary>
internal sealed class AuditedStore(IRecordStore inner, AuditTrail trail) : IRecordStore
{
    public Guid Epoch => inner.Epoch;

    public async Task<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken)
    {
        var context = trail.Context;
        var drafts = AuditRules.Read(context, commit.Entries);
        if (commit.Puts.Count == 0 && drafts.Count == 0)
        {
            return await inner.CommitAsync(commit, cancellationToken);
        }

        var note = new AuditNote(inner.Epoch.ToString(), context, commit.Puts, drafts);
        var result = await inner.CommitAsync(commit with { Note = note }, cancellationToken);
        trail.Wrote(note);
        return result;
    }

    public Task<StoredRecord?> GetAsync(RecordKey key, CancellationToken cancellationToken) =>
        inner.GetAsync(key, cancellationToken);

    public Task<IReadOnlyList<StoredRecord?>> GetManyAsync(
        IReadOnlyList<RecordKey> keys, CancellationToken cancellationToken) =>
        inner.GetManyAsync(keys, cancellationToken);

    public Task<RecordPage> QueryAsync(RecordQuery query, CancellationToken cancellationToken) =>
        inner.QueryAsync(query, cancellationToken);

    public Task<FeedPage> ReadFeedAsync(FeedPosition after, int limit, CancellationToken cancellationToken) =>
        inner.ReadFeedAsync(after, limit, cancellationToken);

    public Task WaitForCommitAsync(FeedPosition after, CancellationToken cancellationToken) =>
        inner.WaitForCommitAsync(after, cancellationToken);

    public Task<IReadOnlyList<ReadOnlyMemory<byte>?>> GetEntriesAsync(
        string collection, IReadOnlyList<ReadOnlyMemory<byte>> keys, CancellationToken cancellationToken) =>
        inner.GetEntriesAsync(collection, keys, cancellationToken);

    public Task<IReadOnlyList<Entry>> ReadEntriesAsync(
        string collection,
        ReadOnlyMemory<byte> prefix,
        ReadOnlyMemory<byte> after,
        int limit,
        CancellationToken cancellationToken) =>
        inner.ReadEntriesAsync(collection, prefix, after, limit, cancellationToken);

    public Task<StoreStatus> GetStatusAsync(CancellationToken cancellationToken) =>
        inner.GetStatusAsync(cancellationToken);

    public void Observe(ulong clock) => inner.Observe(clock);

    public Task<long> PurgeAsync(
        FeedPosition upTo, DateTimeOffset writtenBefore, CancellationToken cancellationToken) =>
        inner.PurgeAsync(upTo, writtenBefore, cancellationToken);

    public Task ScrubAsync(CancellationToken cancellationToken) => inner.ScrubAsync(cancellationToken);

    public Task<Guid> BeginEpochAsync(CancellationToken cancellationToken) => inner.BeginEpochAsync(cancellationToken);

    public Task<Guid> RestartClockAsync(CancellationToken cancellationToken) =>
        inner.RestartClockAsync(cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
