using Exchange.Node.Sync;
using Exchange.V1;

namespace Exchange.Node.Bundles;

/// <summary>
/// Applies a bundle's batches one by one, each with its place in the sender's feed in one commit, and counts what they
/// did.
/// </summary>
/// <param name="sink">Where they go.</param>
/// <param name="at">How far the sender's feed is applied.</param>
/// <param name="epoch">The epoch of the bundle.</param>
internal sealed class BundleTaken(ISyncSink sink, FeedCursor at, string epoch)
{
    /// <summary>How far the sender's feed is applied now.</summary>
    public FeedCursor At { get; private set; } = at;

    public ulong Applied { get; private set; }

    public ulong Skipped { get; private set; }

    public ulong Quarantined { get; private set; }

    /// <summary>Changes of batches that had to be looked at.</summary>
    public ulong Received { get; private set; }

    /// <summary>These, by kind.</summary>
    public KindCounts Kinds { get; } = new();

    /// <summary>Something changed here.</summary>
    public bool IsNews { get; private set; }

    /// <summary>The sequence of the last batch.</summary>
    public ulong Last { get; private set; }

    /// <summary>What was found when digests were compared; null when they weren't.</summary>
    public SyncVerdict? Verdict { get; private set; }

    /// <summary>What had to wait in quarantine and need no longer comes first, as in a session.</summary>
    public Task BeginAsync() => sink.RetryQuarantineAsync(CancellationToken.None);

    /// <summary>Counts changes that needn't be looked at.</summary>
    public void Skip(ulong changes) => Skipped += changes;

    /// <summary>Applies a batch, unless this node is beyond it. A commit that has begun is never given up.</summary>
    public async Task ApplyAsync(SyncBatch batch)
    {
        Last = batch.Sequence;
        var isOutOfTurn = batch.From.Equals(batch.To);
        var isKnown = At.Epoch == epoch;
        if (!isOutOfTurn && isKnown && batch.To.Position <= At.Position)
        {
            Skip((ulong)batch.Changes.Count);
            return;
        }

        if (isKnown)
        {
            // What stands before the batch is here, whatever brought it; and what comes out of turn moves nothing.
            batch.From = At;
            batch.To = isOutOfTurn ? At : batch.To;
        }

        var before = At;
        var ack = await sink.ApplyAsync(batch, CancellationToken.None);
        At = ack.Applied;
        Applied += ack.AppliedCount;
        Skipped += ack.SkippedCount;
        Quarantined += (ulong)ack.Quarantined.Count;
        Received += (ulong)batch.Changes.Count;
        Kinds.Add(batch.Changes);
        IsNews |= ack.AppliedCount > 0 || ack.Quarantined.Count > 0 || !before.Equals(At);
    }

    /// <summary>
    /// Compares with what the sender counted, if this node stands just where the bundle ends and the bundle brought it
    /// there; otherwise something newer may have come in between.
    /// </summary>
    public async Task<BundleComparison> CompareAsync(SyncCaughtUp caughtUp, CancellationToken cancellationToken)
    {
        if (!IsNews || !At.Equals(caughtUp.Cursor))
        {
            return BundleComparison.Unspecified;
        }

        var digest = await sink.DigestAsync(withBuckets: false, cancellationToken);
        var matches = digest.Count == caughtUp.Digest.Count && digest.Root.Equals(caughtUp.Digest.Root);
        Verdict = new SyncVerdict { Cursor = At, Matches = matches, Digest = digest, Number = caughtUp.Number };
        return matches ? BundleComparison.Same : BundleComparison.Differs;
    }

    /// <summary>Everything that is put aside now.</summary>
    public Task<SyncAck> ListAsync(CancellationToken cancellationToken) => sink.ListAsync(cancellationToken);
}
