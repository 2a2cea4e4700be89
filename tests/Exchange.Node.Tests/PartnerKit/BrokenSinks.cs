using Exchange.Node.Sync;
using Exchange.V1;

namespace Exchange.Node.Tests.PartnerKit;

/// <summary>A sink that does what another one does; derived ones do one thing wrong.</summary>
internal abstract class WrappedSink(ISyncSink inner) : ISyncSink
{
    protected ISyncSink Inner => inner;

    public virtual Task<FeedCursor> AppliedAsync(CancellationToken cancellationToken) => inner.AppliedAsync(cancellationToken);

    public Task RetryQuarantineAsync(CancellationToken cancellationToken) => inner.RetryQuarantineAsync(cancellationToken);

    public virtual Task<SyncAck> ApplyAsync(SyncBatch batch, CancellationToken cancellationToken) =>
        inner.ApplyAsync(batch, cancellationToken);

    public Task<SyncAck> ListAsync(CancellationToken cancellationToken) => inner.ListAsync(cancellationToken);

    public virtual Task<SyncDigest> DigestAsync(bool withBuckets, CancellationToken cancellationToken) =>
        inner.DigestAsync(withBuckets, cancellationToken);

    public Task<Recount> RecountAsync(CancellationToken cancellationToken) => inner.RecountAsync(cancellationToken);

    public Task<SyncInspection> InspectAsync(SyncInspect question, CancellationToken cancellationToken) =>
        inner.InspectAsync(question, cancellationToken);
}

/// <summary>
/// Acknowledges before anything is on disk: what was acknowledged since the last comparison is gone with the session.
/// </summary>
internal sealed class EarlyAcknowledger(ISyncSink inner, EarlyAcknowledger.Disk disk) : WrappedSink(inner)
{
    private FeedCursor? _told;

    public override async Task<FeedCursor> AppliedAsync(CancellationToken cancellationToken) =>
        disk.Flushed ??= await Inner.AppliedAsync(cancellationToken);

    public override async Task<SyncAck> ApplyAsync(SyncBatch batch, CancellationToken cancellationToken)
    {
        var ack = await Inner.ApplyAsync(batch, cancellationToken);
        _told = ack.Applied = batch.To;
        return ack;
    }

    public override Task<SyncDigest> DigestAsync(bool withBuckets, CancellationToken cancellationToken)
    {
        disk.Flushed = _told ?? disk.Flushed;
        return base.DigestAsync(withBuckets, cancellationToken);
    }

    /// <summary>What outlives a session.</summary>
    internal sealed class Disk
    {
        public FeedCursor? Flushed { get; set; }
    }
}

/// <summary>Counts a record that it has already once more.</summary>
internal sealed class DoubleCounter(ISyncSink inner, DoubleCounter.Sum sum) : WrappedSink(inner)
{
    public override async Task<SyncAck> ApplyAsync(SyncBatch batch, CancellationToken cancellationToken)
    {
        foreach (var record in batch.Changes.Select(change => change.Record).OfType<Record>())
        {
            sum.Extra += sum.Seen.Add((record.Id, record.Version.Clock, record.Projection.Revision)) ? 0u : 1;
        }

        return await base.ApplyAsync(batch, cancellationToken);
    }

    public override async Task<SyncDigest> DigestAsync(bool withBuckets, CancellationToken cancellationToken)
    {
        var digest = await base.DigestAsync(withBuckets: true, cancellationToken);
        var sums = DigestSums.Read(digest.Buckets.Span)!;
        for (var i = 0; i < sum.Extra; i++)
        {
            sums.Add(0, 1);
        }

        return sums.ToDigest(withBuckets);
    }

    /// <summary>What outlives a session.</summary>
    internal sealed class Sum
    {
        public HashSet<(string Id, ulong Clock, uint Revision)> Seen { get; } = [];

        public uint Extra { get; set; }
    }
}
