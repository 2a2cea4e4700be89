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

    public Task WriteAsync(SyncFrame frame, CancellationToken cancellationToken) =>
        call.RequestStream.WriteAsync(new SyncRequest { Frame = frame }, cancellationToken);
}
