using Exchange.Node.Sync;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Cli.PartnerKit;

/// <summary>One call of <c>SyncService.Sync</c>, frame by frame, with a bound on how long anything may take.</summary>
internal sealed class KitStream(
    SyncService.SyncServiceClient service, string partner, TimeSpan patience, TimeProvider time) : IDisposable
{
    private readonly AsyncDuplexStreamingCall<SyncRequest, SyncResponse> _call = service.Sync();

    /// <summary>The partner will send nothing more.</summary>
    public bool IsOver { get; private set; }

    /// <summary>With which failure it ended the call; null while it is open, and when it ended well.</summary>
    public SyncFailure? Failure { get; private set; }

    /// <summary>Sends a frame. Does nothing once the call is over: reading tells why.</summary>
    public async Task WriteAsync(SyncFrame frame)
    {
        try
        {
            await _call.RequestStream.WriteAsync(new SyncRequest { Frame = frame }).WaitAsync(patience, time);
        }
        catch (Exception over) when (over is RpcException or InvalidOperationException or IOException)
        {
            // The reader sees the same, and with the partner's reason.
        }
        catch (TimeoutException)
        {
            throw new PromiseBrokenException($"it took no frame for {patience.TotalSeconds:0} s");
        }
    }

    /// <summary>Returns the next frame; null when the call is over.</summary>
    /// <exception cref="PromiseBrokenException">Nothing came, and the call wasn't ended either.</exception>
    public async Task<SyncFrame?> ReadAsync()
    {
        if (IsOver)
        {
            return null;
        }

        try
        {
            if (await _call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(patience, time))
            {
                return _call.ResponseStream.Current.Frame ?? new SyncFrame();
            }
        }
        catch (RpcException exception)
        {
            Failure = PeerFailure.Read(exception, partner);
        }
        catch (IOException exception)
        {
            Failure = SyncFailure.Unreachable(partner, exception.Message);
        }
        catch (TimeoutException)
        {
            throw new PromiseBrokenException($"nothing came for {patience.TotalSeconds:0} s");
        }

        IsOver = true;
        return null;
    }

    /// <summary>Says that this side sends nothing more.</summary>
    public async Task CompleteAsync()
    {
        try
        {
            await _call.RequestStream.CompleteAsync();
        }
        catch (Exception over) when (over is RpcException or InvalidOperationException or IOException)
        {
            // It is over already.
        }
    }

    /// <summary>Cuts the call, wherever it stands.</summary>
    public void Dispose() => _call.Dispose();
}
