using Exchange.Node.Outages;

namespace Exchange.Node.Sync;

/// <summary>What a session's loop works on.</summary>
/// <param name="Source">What this node gives.</param>
/// <param name="Sink">Where it puts what it gets.</param>
/// <param name="Receipts">The receipts of sessions with the peer.</param>
/// <param name="PassedOn">What either side tells of records that it passed on.</param>
/// <param name="Settled">Told each time both sides have caught up and compared.</param>
internal sealed record SyncPorts(
    ISyncSource Source,
    ISyncSink Sink,
    ISyncReceipts Receipts,
    PassedOnReports PassedOn,
    Func<SyncProgress, CancellationToken, Task> Settled)
{
    /// <summary>The planned outages of both; null where nobody announces any.</summary>
    public OutageBook? Outages { get; init; }
}
