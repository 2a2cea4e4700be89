namespace Exchange.Store;

/// <summary>
/// Records, their feed and small ordered collections, committed together.
///
/// Visibility: once a commit is visible to one reader it is visible to all, and nobody ever sees position N+1 before N.
/// Durability: a commit is acknowledged after its bytes were forced to disk; docs/operating/durability.md says by which
/// call. All methods may be called at once from any thread. A read throws a <see cref="StoreUnavailableException"/>
/// when the disk can't be read.
/// </summary>
public interface IRecordStore : IAsyncDisposable
{
    /// <summary>
    /// Names the feed's history; a new one begins when a backup is restored. A version 7 UUID, which tells when it
    /// began.
    /// Changes only by <see cref="BeginEpochAsync"/> and <see cref="RestartClockAsync"/>.
    /// </summary>
    Guid Epoch { get; }

    /// <summary>
    /// Stores everything in the commit, or nothing, durably. Concurrent commits share one flush. A cancelled token
    /// takes the commit back while it waits its turn; afterwards the outcome is awaited and told. An exception of
    /// <see cref="Commit.Derive"/> comes back as it is, and nothing was written.
    /// </summary>
    /// <exception cref="VersionConflictException">A record isn't as its put expects. Nothing was written.</exception>
    /// <exception cref="DuplicateKeyException">
    /// A unique key belongs to another live record. Nothing was written.
    /// </exception>
    /// <exception cref="EntryConflictException">An entry isn't as expected. Nothing was written.</exception>
    /// <exception cref="RequestIdReusedException">
    /// The request id was used for other bytes. Nothing was written.
    /// </exception>
    /// <exception cref="StoreUnavailableException">The outcome is unknown. Repeat with the same request id.</exception>
    Task<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken);

    /// <summary>Returns a record or tombstone, or null if the key was never stored.</summary>
    Task<StoredRecord?> GetAsync(RecordKey key, CancellationToken cancellationToken);

    /// <summary>
    /// Returns one element for each key, in order; null where the key was never stored. Up to 10,000 keys.
    /// </summary>
    Task<IReadOnlyList<StoredRecord?>> GetManyAsync(
        IReadOnlyList<RecordKey> keys, CancellationToken cancellationToken);

    /// <summary>Returns a page of live records.</summary>
    Task<RecordPage> QueryAsync(RecordQuery query, CancellationToken cancellationToken);

    /// <summary>Returns up to <paramref name="limit"/> records behind a position, oldest first.</summary>
    /// <exception cref="FeedTrimmedException">
    /// Tombstones behind <paramref name="after"/> are gone: read from the start.
    /// </exception>
    Task<FeedPage> ReadFeedAsync(FeedPosition after, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Completes once the feed has a record behind a position. May complete early; read the feed to be sure.
    /// </summary>
    Task WaitForCommitAsync(FeedPosition after, CancellationToken cancellationToken);

    /// <summary>Returns one value for each key, in order; null where there is no entry. Up to 10,000 keys.</summary>
    Task<IReadOnlyList<ReadOnlyMemory<byte>?>> GetEntriesAsync(
        string collection, IReadOnlyList<ReadOnlyMemory<byte>> keys, CancellationToken cancellationToken);

    /// <summary>
    /// Returns up to <paramref name="limit"/> entries whose key begins with a prefix, behind a key, in key order.
    /// </summary>
    /// <param name="collection">The collection; one never written to is empty.</param>
    /// <param name="prefix">Empty for the whole collection.</param>
    /// <param name="after">Exclusive; empty for the beginning.</param>
    /// <param name="limit">1 to 10,000.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<IReadOnlyList<Entry>> ReadEntriesAsync(
        string collection,
        ReadOnlyMemory<byte> prefix,
        ReadOnlyMemory<byte> after,
        int limit,
        CancellationToken cancellationToken);

    /// <summary>Returns what the store says of itself; its cost doesn't grow with the number of records.</summary>
    Task<StoreStatus> GetStatusAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Moves the store's clock past a reading from another node, so that what is written here next is newer than what
    /// was seen. The caller has checked that the reading isn't too far ahead.
    /// </summary>
    void Observe(ulong clock);

    /// <summary>
    /// Drops tombstones at or before a position that were written before a time, raises the floor accordingly, and
    /// forgets request ids that have expired. Works in short steps between other commits; returns how many tombstones
    /// went.
    /// </summary>
    Task<long> PurgeAsync(FeedPosition upTo, DateTimeOffset writtenBefore, CancellationToken cancellationToken);

    /// <summary>
    /// Leaves of what was replaced or deleted before nothing in the store's own files, as far as its engine can, unless
    /// a reader still looks at it: call it again later. docs/operating/withdrawal.md says what each engine keeps.
    /// </summary>
    Task ScrubAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Begins a new epoch: every cursor into this store's feed is void from now on. Used after a restore, before
    /// anything
    /// is written: what the clock had read by then tells what may be lost.
    /// </summary>
    Task<Guid> BeginEpochAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Begins a new epoch with the clock at the wall clock's time, after it had run ahead. Nothing was lost. What was
    /// stamped ahead stays so until it is written anew.
    /// </summary>
    Task<Guid> RestartClockAsync(CancellationToken cancellationToken);
}
