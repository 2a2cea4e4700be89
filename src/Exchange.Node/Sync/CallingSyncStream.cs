using Exchange.V1;
using Grpc.Core;

namespace Exchange.Node.Sync;

/// <summary>The call as the calling side sees it.</summary>
internal sealed class CallingSyncStream(AsyncDuplexStreamingCall<SyncRequest, SyncResponse> call) : ISyncStream
{
    public async Task<SyncFrame?> ReadAsync(CancellationToken cancellationToken) =>
        await call.ResponseStream.MoveNext(cancellationToken)
            ? call.ResponseStream.Current.Frame ?? new SyncFrame()
            : null;

    public async Task WriteAsync(SyncFrame frame, CancellationToken cancellationToken)
    {
        try
        {
            await call.RequestStream.WriteAsync(new SyncRequest { Frame = frame }, cancellationToken);
        }
        catch (InvalidOperationException exception)
        {
            // How the client says that the call is over. Told apart here, where nothing else can throw it.
            throw new IOException(exception.Message, exception);
        }
    }
}
