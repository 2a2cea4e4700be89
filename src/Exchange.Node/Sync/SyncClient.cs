using Exchange.Node.Trust;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Node.Sync;

/// <summary>The calling side of sync: connects to a partner and runs one session.</summary>
internal sealed class SyncClient(SyncConductor conductor, PeerLines lines, PeerPins pins, TimeProvider time)
    : ISyncCaller
{
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Runs a session to its end.</summary>
    /// <exception cref="Errors.ExchangeException">It failed.</exception>
    public async Task<SyncSummary> RunAsync(
        SyncPeer peer, SyncMode mode, bool verify, CancellationToken cancellationToken)
    {
        using var channel = await lines.OpenAsync(peer.Node, peer.Options.Address!, cancellationToken);
        using var call = new SyncService.SyncServiceClient(channel.Calls).Sync(cancellationToken: cancellationToken);
        try
        {
            return await conductor.CallAsync(peer, mode, verify, new CallingSyncStream(call), cancellationToken);
        }
        finally
        {
            await EndAsync(call);
            if (channel.Shown is { } shown)
            {
                await pins.UsedAsync(peer.Node, shown, CancellationToken.None);
            }
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
