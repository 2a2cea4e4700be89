using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;

namespace Exchange.Node.Figures;

/// <summary>Says how complete the data of this node and of each partner is here.</summary>
internal sealed class Completeness(PeerStates states, IRecordStore store, NodeIdentity identity, TimeProvider time)
{
    /// <summary>This node first, then its partners.</summary>
    public async Task<IReadOnlyList<DataCompleteness>> ReadAsync(CancellationToken cancellationToken)
    {
        var all = new List<DataCompleteness>
        {
            new()
            {
                Node = identity.Id,
                CompleteThroughTime = time.GetUtcNow().ToTimestamp(),
                DigestsMatch = true,
            },
        };
        foreach (var status in await states.ListAsync(cancellationToken))
        {
            var receipts = await new SyncReceipts(store, status.Node).ListAsync(null, 1, cancellationToken);
            all.Add(new DataCompleteness
            {
                Node = status.Node,
                CompleteThroughTime = status.LastSuccessTime,
                QuarantinedCount = status.QuarantinedCount,
                DigestsMatch = status.DigestsMatch,
                ReceiptNumber = receipts is [var last] ? ReceiptLink.Read(last)?.Number ?? 0 : 0,
            });
        }

        return all;
    }
}
