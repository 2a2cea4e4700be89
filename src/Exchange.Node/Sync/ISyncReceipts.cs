using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>The receipts of sessions with one peer.</summary>
internal interface ISyncReceipts
{
    /// <summary>Stores a receipt durably, in place of an earlier one of the same session.</summary>
    Task StoreAsync(SyncReceipt receipt, CancellationToken cancellationToken);

    /// <summary>The receipt with both signatures over the same statement; null when none is held.</summary>
    Task<SyncReceipt?> FindAsync(SyncReceipt offered, CancellationToken cancellationToken);

    /// <summary>The last receipt, if it lacks the peer's signature.</summary>
    Task<SyncReceipt?> PendingAsync(CancellationToken cancellationToken);
}
