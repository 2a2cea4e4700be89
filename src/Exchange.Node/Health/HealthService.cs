using Exchange.Node.Errors;
using Exchange.Node.Hosting;
using Exchange.V1;
using Grpc.Core;
using Grpc.Health.V1;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Exchange.Node.Health;

/// <summary>
/// The standard health service: serving once the node has started, not serving from the moment it begins to stop.
/// </summary>
internal sealed class HealthService(NodeHealth health, NodeLifetime lifetime) : Grpc.Health.V1.Health.HealthBase
{
    public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context) =>
        NodeHealth.Knows(request.Service)
            ? Task.FromResult(new HealthCheckResponse { Status = health.Status })
            : throw new ExchangeException(
                StatusCode.NotFound,
                ErrorReason.ServiceUnknown,
                "This node has no such service. Ask for one that reflection lists, or for the empty name.",
                ("service", ExchangeException.Named(request.Service, "")));

    public override async Task Watch(
        HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        var caller = context.CancellationToken;
        var known = NodeHealth.Knows(request.Service);
        if (!known)
        {
            await responseStream.WriteAsync(
                new HealthCheckResponse { Status = ServingStatus.ServiceUnknown }, caller);
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(caller, lifetime.Stopping);
        ServingStatus? sent = null;
        try
        {
            await foreach (var status in health.WatchAsync(either.Token))
            {
                await SendAsync(status);
            }
        }
        catch (OperationCanceledException) when (!caller.IsCancellationRequested)
        {
            // The last change may have come together with the stop: whoever watches must hear of it first.
            await SendAsync(health.Status);
            throw NodeLifetime.StoppingError();
        }

        async Task SendAsync(ServingStatus status)
        {
            if (known && status != sent)
            {
                sent = status;
                await responseStream.WriteAsync(new HealthCheckResponse { Status = status }, caller);
            }
        }
    }
}
