using Exchange.V1;
using Grpc.Core;

namespace Exchange.Node.Sync;

/// <summary>The call as the called side sees it.</summary>
internal sealed class CalledSyncStream(
    IAsyncStreamReader<SyncRequest> requests, IServerStreamWriter<SyncResponse> responses) : ISyncStream
{
    private SyncFrame? _again;

    public async Task<SyncFrame?> ReadAsync(CancellationToken cancellationToken)
    {
        if (_again is { } frame)
        {
            _again = null;
            return frame;
        }

        // A request without a frame is one of a later contract: the session ignores it.
        return await requests.MoveNext(cancellationToken) ? requests.Current.Frame ?? new SyncFrame() : null;
    }

    /// <summary>Gives a frame once more to the next reader.</summary>
    public void GiveAgain(SyncFrame frame) => _again = frame;

    public Task WriteAsync(SyncFrame frame, CancellationToken cancellationToken) =>
        responses.WriteAsync(new SyncResponse { Frame = frame }, cancellationToken);
}
