using Exchange.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace Exchange.Node.Sync;

/// <summary>The calling side of sync: connects to a partner and runs one session.</summary>
internal sealed class SyncClient(SyncConductor conductor, TimeProvider time) : ISyncCaller
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Runs a session to its end.</summary>
    /// <exception cref="Errors.ExchangeException">It failed.</exception>
    public async Task<SyncSummary> RunAsync(SyncPeer peer, SyncMode mode, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler
        {
            ConnectTimeout = ConnectTimeout,
            KeepAlivePingDelay = PingDelay,
            KeepAlivePingTimeout = PingTimeout,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
        };
        using var channel = GrpcChannel.ForAddress(
            peer.Options.Address!, new GrpcChannelOptions { HttpHandler = handler });
        using var call = new SyncService.SyncServiceClient(channel).Sync(cancellationToken: cancellationToken);
        try
        {
            return await conductor.CallAsync(peer, mode, new CallingSyncStream(call), cancellationToken);
        }
        finally
        {
            await EndAsync(call);
        }
    }

    // Ending the call by closing it in order, so that the peer reads our last words before it sees the end. Otherwise
    // the call would be reset, and what the transport still holds would be thrown away.
    private async Task EndAsync(AsyncDuplexStreamingCall<SyncRequest, SyncResponse> call)
    {
        try
        {
            await call.RequestStream.CompleteAsync();
            while (await call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(EndTimeout, time))
            {
                // The peer may still have been writing.
            }
        }
        catch (Exception exception) when (exception is RpcException or InvalidOperationException or TimeoutException
            or IOException or OperationCanceledException)
        {
            // It is over already, and the session has told why.
        }
    }
}
