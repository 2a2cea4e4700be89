using Exchange.Node.Records;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Node.Dispatch;

/// <summary>Dispatch batches, over gRPC.</summary>
internal sealed class DispatchService(BatchReconciliation reconciliation) : V1.DispatchService.DispatchServiceBase
{
    public override Task<ReconcileBatchResponse> ReconcileBatch(
        ReconcileBatchRequest request, ServerCallContext context) =>
        reconciliation.ReadAsync(
            RecordResolver.ParseId("dispatch_batch_id", request.DispatchBatchId), context.CancellationToken);
}
