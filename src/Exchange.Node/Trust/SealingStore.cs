using Exchange.Store;

namespace Exchange.Node.Trust;

/// <summary>
/// The node's store, in which nothing becomes durable before the keys that it is sealed under, and nothing is written
/// under a key that is about to be destroyed.
/// </summary>
internal sealed class SealingStore(IRecordStore inner, DataKeys keys) : DelegatingStore(inner)
{
    // A key is retired while nobody stands between the last look at it and the store's queue.
    private readonly ReaderWriterLockSlim _entering = new();

    public override async Task<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken)
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
    /// From now on nothing is written under the keys that some ids have; returns the newest of each, once all that was
    /// begun before is in the store.
    /// </summary>
    public async Task<IReadOnlyDictionary<Guid, uint>> RetireAsync(
        IEnumerable<Guid> ids, CancellationToken cancellationToken)
    {
        Dictionary<Guid, uint> upTo;
        _entering.EnterWriteLock();
        try
        {
            upTo = ids.ToDictionary(id => id, keys.Retire);
        }
        finally
        {
            _entering.ExitWriteLock();
        }

        // Commits are done in the order in which they came.
        await Inner.CommitAsync(new Commit(), cancellationToken);
        return upTo;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await keys.DisposeAsync();
        _entering.Dispose();
    }

    // Null when a key was retired since the payloads were looked at.
    private Task<CommitResult>? TryEnter(Commit commit, CancellationToken cancellationToken)
    {
        _entering.EnterReadLock();
        try
        {
            return IsStale(commit) ? null : Inner.CommitAsync(commit, cancellationToken);
        }
        finally
        {
            _entering.ExitReadLock();
        }
    }

    // A replacement under a retired key needn't happen: whoever retires the key seals anew what was there before it.
    private Commit SealAnew(Commit commit) => !IsStale(commit) ? commit : commit with
    {
        Puts = [.. commit.Puts.Select(put => IsStale(put.Payload) ? put with { Payload = SealAnew(put) } : put)],
        Replacements = [.. commit.Replacements.Where(replacement => !IsStale(replacement.Payload))],
    };

    private byte[] SealAnew(RecordPut put) =>
        keys.Reseal(SealedUnder.Read(put.Payload.Span)!.Value.Id, put.Key, put.Payload.Span);

    private bool IsStale(Commit commit) => keys.AnyRetired
        && (commit.Puts.Any(put => IsStale(put.Payload))
            || commit.Replacements.Any(replacement => IsStale(replacement.Payload)));

    private bool IsStale(ReadOnlyMemory<byte> payload) =>
        SealedUnder.Read(payload.Span) is { } under && keys.IsRetired(under);
}
