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

        try
        {
            // A request without a frame is one of a later contract: the session ignores it.
            return await requests.MoveNext(cancellationToken) ? requests.Current.Frame ?? new SyncFrame() : null;
        }
        catch (InvalidOperationException exception)
        {
            // How the framework says that the call is over. Told apart here, where nothing else can throw it.
            throw new IOException(exception.Message, exception);
        }
    }

    /// <summary>Gives a frame once more to the next reader.</summary>
    public void GiveAgain(SyncFrame frame) => _again = frame;

    public async Task WriteAsync(SyncFrame frame, CancellationToken cancellationToken)
    {
        try
        {
            await responses.WriteAsync(new SyncResponse { Frame = frame }, cancellationToken);
        }
        catch (InvalidOperationException exception)
        {
            throw new IOException(exception.Message, exception);
        }
    }
}
