using Exchange.Store;

namespace Exchange.Node.Trust;

/// <summary>
/// The node's store, in which nothing becomes durable before the keys that it is sealed under, and nothing is written
/// under a key that is about to be destroyed.
/// </summary>
internal sealed class SealingStore(IRecordStore inner, DataKeys keys) : IRecordStore
{
    // A key is retired while nobody stands between the last look at it and the store's queue.
    private readonly ReaderWriterLockSlim _entering = new();

    public Guid Epoch => inner.Epoch;

    public async Task<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken)
    {
        while (true)
        {
            commit = SealAnew(commit);
            await keys.FlushAsync(cancellationToken);
            if (TryEnter(commit, cancellationToken) is { } outcome)
            {
                return await outcome;
            }
        }
    }

    /// <summary>
    /// From now on nothing is written under the keys that an id has; returns the newest of them, once all that was
    /// begun before is in the store.
    /// </summary>
    public async Task<uint> RetireAsync(Guid id, CancellationToken cancellationToken)
    {
        uint upTo;
        _entering.EnterWriteLock();
        try
        {
            upTo = keys.Retire(id);
        }
        finally
        {
            _entering.ExitWriteLock();
        }

        // Commits are done in the order in which they came.
        await inner.CommitAsync(new Commit(), cancellationToken);
        return upTo;
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

    public async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await keys.DisposeAsync();
        _entering.Dispose();
    }

    // Null when a key was retired since the payloads were looked at.
    private Task<CommitResult>? TryEnter(Commit commit, CancellationToken cancellationToken)
    {
        _entering.EnterReadLock();
        try
        {
            return commit.Puts.Any(IsStale) ? null : inner.CommitAsync(commit, cancellationToken);
        }
        finally
        {
            _entering.ExitReadLock();
        }
    }

    private Commit SealAnew(Commit commit) => !commit.Puts.Any(IsStale) ? commit : new Commit
    {
        Puts = [.. commit.Puts.Select(put => IsStale(put) ? SealAnew(put) : put)],
        Replacements = commit.Replacements,
        Entries = commit.Entries,
        Request = commit.Request,
        Derive = commit.Derive,
    };

    private RecordPut SealAnew(RecordPut put) => new()
    {
        Key = put.Key,
        Version = put.Version,
        Revision = put.Revision,
        IsTombstone = put.IsTombstone,
        Envelope = put.Envelope,
        Payload = keys.Reseal(SealedUnder.Read(put.Payload.Span)!.Value.Id, put.Key, put.Payload.Span),
        Keys = put.Keys,
        ForgetsPrevious = put.ForgetsPrevious,
        Expect = put.Expect,
    };

    private bool IsStale(RecordPut put) =>
        keys.AnyRetired && SealedUnder.Read(put.Payload.Span) is { } under && keys.IsRetired(under);
}
