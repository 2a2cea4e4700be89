namespace Exchange.Store;

/// <summary>
/// A store before another: passes every call on, so that what derives from it overrides only what it is about.
/// </summary>
public abstract class DelegatingStore(IRecordStore inner) : IRecordStore
{
    /// <summary>The store that answers.</summary>
    protected IRecordStore Inner { get; set; } = inner;

    public Guid Epoch => Inner.Epoch;

    public virtual Task<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken) =>
        Inner.CommitAsync(commit, cancellationToken);

    public virtual Task<StoredRecord?> GetAsync(RecordKey key, CancellationToken cancellationToken) =>
        Inner.GetAsync(key, cancellationToken);

    public Task<IReadOnlyList<StoredRecord?>> GetManyAsync(
        IReadOnlyList<RecordKey> keys, CancellationToken cancellationToken) =>
        Inner.GetManyAsync(keys, cancellationToken);

    public virtual Task<RecordPage> QueryAsync(RecordQuery query, CancellationToken cancellationToken) =>
        Inner.QueryAsync(query, cancellationToken);

    public virtual Task<FeedPage> ReadFeedAsync(
        FeedPosition after, int limit, CancellationToken cancellationToken) =>
        Inner.ReadFeedAsync(after, limit, cancellationToken);

    public Task WaitForCommitAsync(FeedPosition after, CancellationToken cancellationToken) =>
        Inner.WaitForCommitAsync(after, cancellationToken);

    public virtual Task<IReadOnlyList<ReadOnlyMemory<byte>?>> GetEntriesAsync(
        string collection, IReadOnlyList<ReadOnlyMemory<byte>> keys, CancellationToken cancellationToken) =>
        Inner.GetEntriesAsync(collection, keys, cancellationToken);

    public Task<IReadOnlyList<Entry>> ReadEntriesAsync(
        string collection,
        ReadOnlyMemory<byte> prefix,
        ReadOnlyMemory<byte> after,
        int limit,
        CancellationToken cancellationToken) =>
        Inner.ReadEntriesAsync(collection, prefix, after, limit, cancellationToken);

    public Task<StoreStatus> GetStatusAsync(CancellationToken cancellationToken) =>
        Inner.GetStatusAsync(cancellationToken);

    public void Observe(ulong clock) => Inner.Observe(clock);

    public Task<long> PurgeAsync(
        FeedPosition upTo, DateTimeOffset writtenBefore, CancellationToken cancellationToken) =>
        Inner.PurgeAsync(upTo, writtenBefore, cancellationToken);

    public Task ScrubAsync(CancellationToken cancellationToken) => Inner.ScrubAsync(cancellationToken);

    public Task<Guid> BeginEpochAsync(CancellationToken cancellationToken) => Inner.BeginEpochAsync(cancellationToken);

    public Task<Guid> RestartClockAsync(CancellationToken cancellationToken) =>
        Inner.RestartClockAsync(cancellationToken);

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Inner.DisposeAsync();
    }
}
