using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>Where this node puts what one peer gives.</summary>
internal interface ISyncSink
{
    /// <summary>How far the peer's feed has been applied durably.</summary>
    Task<FeedCursor> AppliedAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Applies what had to wait in quarantine and need no longer: our clock has passed a version, or a new agreement
    /// lists the kind. Called before the session's first batch, and now and then while it stays open.
    /// </summary>
    Task RetryQuarantineAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Applies a batch in one commit: records, quarantine, digest and cursor. The batch is durable when this returns. A
    /// repeat changes nothing and is acknowledged again.
    /// </summary>
    Task<SyncAck> ApplyAsync(SyncBatch batch, CancellationToken cancellationToken);

    /// <summary>
    /// Everything that is put aside now, as an ack that acknowledges nothing. Another call that has ended is seen.
    /// </summary>
    Task<SyncAck> ListAsync(CancellationToken cancellationToken);

    /// <summary>The digest of what is held from the peer, quarantine included.</summary>
    Task<SyncDigest> DigestAsync(bool withBuckets, CancellationToken cancellationToken);

    /// <summary>
    /// The same, counted anew from what is stored; what can't be opened, or isn't what was stored, makes it differ. A
    /// running sum that is wrong is set right.
    /// </summary>
    Task<Recount> RecountAsync(CancellationToken cancellationToken);

    /// <summary>A page of what is held in some buckets.</summary>
    Task<SyncInspection> InspectAsync(SyncInspect question, CancellationToken cancellationToken);
}
