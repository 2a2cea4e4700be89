using Exchange.V1;
using Grpc.Core;

namespace Exchange.Node.Audit;

/// <summary>The audit chain, over gRPC.</summary>
internal sealed class AuditService(AuditQuery query, AuditVerifier verifier) : V1.AuditService.AuditServiceBase
{
    public override Task<QueryAuditResponse> QueryAudit(QueryAuditRequest request, ServerCallContext context) =>
        query.RunAsync(request, context.CancellationToken);

    public override Task<VerifyAuditResponse> VerifyAudit(VerifyAuditRequest request, ServerCallContext context) =>
        verifier.RunAsync(request.Receipts, context.CancellationToken);
}
