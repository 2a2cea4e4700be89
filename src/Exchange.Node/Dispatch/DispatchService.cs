using Exchange.Node.Access;
using Exchange.Node.Records;
using Exchange.Store;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Node.Dispatch;

/// <summary>Dispatch batches, over gRPC.</summary>
internal sealed class DispatchService(BatchReconciliation reconciliation, RecordReach records)
    : V1.DispatchService.DispatchServiceBase
{
    private static readonly string Kind = new DispatchBatchKind().Name;

    public override async Task<ReconcileBatchResponse> ReconcileBatch(
        ReconcileBatchRequest request, ServerCallContext context)
    {
        var reach = Caller.Of(context).Reach;
        var key = new RecordKey(Kind, RecordResolver.ParseId("dispatch_batch_id", request.DispatchBatchId));
        if (!await ReachesAsync(key))
        {
            throw Reach.Outside(Kind, "dispatch_batch_id");
        }

        return await reconciliation.ReadAsync(key, ReachesAsync, context.CancellationToken);

        async ValueTask<bool> ReachesAsync(RecordKey record) =>
            reach.IsWhole || await records.ReadsAsync(reach, record, context.CancellationToken);
    }
}
