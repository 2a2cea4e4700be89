using Exchange.Node.Health;
using Microsoft.Extensions.Hosting;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Exchange.Node.Hosting;

/// <summary>
/// The order of starting and stopping: health says serving last, and not serving first, before any stream is told to
/// end.
/// </summary>
internal sealed class NodeLifetime : IHostedService, IDisposable
{
    private readonly NodeHealth _health;
    private readonly IHostApplicationLifetime _host;
    private readonly CancellationTokenSource _stopping = new();

    public NodeLifetime(NodeHealth health, IHostApplicationLifetime host)
    {
        _health = health;
        _host = host;
    }

    /// <summary>Fires when streams should end with NODE_STOPPING.</summary>
    public CancellationToken Stopping => _stopping.Token;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _host.ApplicationStarted.Register(() => _health.Set(ServingStatus.Serving));
        _host.ApplicationStopping.Register(() =>
        {
            _health.Set(ServingStatus.NotServing);
            _stopping.Cancel();
        });
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _stopping.Dispose();
}
