using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>
/// The two directions of one call, whichever side made it. One reader and one writer at a time; reading and writing may
/// overlap.
/// </summary>
internal interface ISyncStream
{
    /// <summary>Returns the peer's next frame; null when it will send nothing more.</summary>
    /// <exception cref="Grpc.Core.RpcException">The peer ended the call with a failure, or it was cut.</exception>
    /// <exception cref="IOException">The call was cut.</exception>
    Task<SyncFrame?> ReadAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Sends a frame; completes once the transport has taken it, so that a slow peer slows the writer.
    /// </summary>
    Task WriteAsync(SyncFrame frame, CancellationToken cancellationToken);
}
