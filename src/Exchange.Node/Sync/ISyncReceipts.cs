using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>The receipts of sessions with one peer. Only complete ones, with both signatures, are kept.</summary>
internal interface ISyncReceipts
{
    /// <summary>Stores a receipt durably, at its place in the chain.</summary>
    Task StoreAsync(SyncReceipt receipt, CancellationToken cancellationToken);

    /// <summary>The newest receipt; null when there is none.</summary>
    Task<SyncReceipt?> NewestAsync(CancellationToken cancellationToken);
}
