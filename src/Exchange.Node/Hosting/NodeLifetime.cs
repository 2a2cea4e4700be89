using System.Runtime.CompilerServices;
using Exchange.Node.Errors;
using Exchange.Node.Health;
using Exchange.V1;
using Grpc.Core;
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

    /// <summary>The error of a stream that ends because the node is being stopped.</summary>
    public static ExchangeException StoppingError() =>
        new(StatusCode.Unavailable, ErrorReason.NodeStopping, "The node is being stopped. Reconnect and resume.");

    /// <summary>Waits for a caller's next message, as long as the node isn't being stopped.</summary>
    /// <exception cref="ExchangeException">The node is being stopped.</exception>
    public async Task<bool> MoveNextAsync<T>(IAsyncStreamReader<T> reader, CancellationToken caller)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(caller, Stopping);
        try
        {
            return await reader.MoveNext(either.Token);
        }
        catch (Exception exception) when (Stopping.IsCancellationRequested && !caller.IsCancellationRequested
            && exception is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled })
        {
            throw StoppingError();
        }
    }

    /// <summary>Reads a caller's messages until it is done or the node is being stopped.</summary>
    /// <exception cref="ExchangeException">The node is being stopped.</exception>
    public async IAsyncEnumerable<T> ReadAllAsync<T>(
        IAsyncStreamReader<T> reader, [EnumeratorCancellation] CancellationToken caller)
    {
        while (await MoveNextAsync(reader, caller))
        {
            yield return reader.Current;
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _stopping.Dispose();
}
