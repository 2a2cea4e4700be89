using Exchange.V1;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace Exchange.Node.Sync;

/// <summary>The called side of sync, over gRPC.</summary>
internal sealed class SyncServiceHandler(
    Callers callers, SyncConductor conductor, IOptions<SyncOptions> options, TimeProvider time)
    : SyncService.SyncServiceBase
{
    public override async Task Sync(
        IAsyncStreamReader<SyncRequest> requestStream,
        IServerStreamWriter<SyncResponse> responseStream,
        ServerCallContext context)
    {
        var stream = new CalledSyncStream(requestStream, responseStream);
        var hello = await ReadHelloAsync(stream, context.CancellationToken);
        var peer = await callers.AdmitAsync(hello.Node, context);
        await conductor.AnswerAsync(peer, hello, stream, context.CancellationToken);
    }

    private async Task<SyncHello> ReadHelloAsync(CalledSyncStream stream, CancellationToken cancellationToken)
    {
        using var silence = new CancellationTokenSource(options.Value.IdleTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        SyncFrame? frame;
        try
        {
            frame = await stream.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw SyncFailure.Protocol("no Hello came").ToException();
        }

        if (frame?.FrameCase != SyncFrame.FrameOneofCase.Hello)
        {
            throw SyncFailure.Protocol($"{frame?.FrameCase.ToString() ?? "the end"} came before Hello").ToException();
        }

        stream.GiveAgain(frame);
        return frame.Hello;
    }
}
