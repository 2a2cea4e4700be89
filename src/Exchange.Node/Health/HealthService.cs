using Grpc.Core;
using Grpc.Health.V1;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Exchange.Node.Health;

/// <summary>
/// The standard health service: serving once the node has started, not serving from the moment it begins to stop.
/// </summary>
internal sealed class HealthService(NodeHealth health) : Grpc.Health.V1.Health.HealthBase
{
    public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context) =>
        NodeHealth.Knows(request.Service)
            ? Task.FromResult(new HealthCheckResponse { Status = health.Status })
            : throw new RpcException(new Status(StatusCode.NotFound, $"This node has no service '{request.Service}'."));

    public override async Task Watch(
        HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        if (!NodeHealth.Knows(request.Service))
        {
            await responseStream.WriteAsync(
                new HealthCheckResponse { Status = ServingStatus.ServiceUnknown }, context.CancellationToken);
        }

        await foreach (var status in health.WatchAsync(context.CancellationToken))
        {
            if (NodeHealth.Knows(request.Service))
            {
                await responseStream.WriteAsync(new HealthCheckResponse { Status = status }, context.CancellationToken);
            }
        }
    }
}
