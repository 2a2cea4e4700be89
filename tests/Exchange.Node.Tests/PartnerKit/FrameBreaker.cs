using Exchange.V1;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Exchange.Node.Tests.PartnerKit;

/// <summary>Lays hands on the frames of sync, and on the certificate of whoever sends them.</summary>
internal sealed class FrameBreaker(Breakage breakage) : Interceptor
{
    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        if (requestStream is not IAsyncStreamReader<SyncRequest> requests
            || responseStream is not IServerStreamWriter<SyncResponse> responses)
        {
            await continuation(requestStream, responseStream, context);
            return;
        }

        var connection = context.GetHttpContext().Connection;
        connection.ClientCertificate = breakage.Shown(connection.ClientCertificate);
        using var writer = new Writer(responses, breakage);
        var reader = new Reader(requests, writer, breakage);
        try
        {
            await continuation(
                (IAsyncStreamReader<TRequest>)(object)reader, (IServerStreamWriter<TResponse>)(object)writer, context);
        }
        catch (Exception) when (reader.BrokeDown is not null)
        {
            // What the node makes of a call that is over is of no interest.
        }

        if (reader.BrokeDown is { } status)
        {
            throw new RpcException(new Status(status, "It broke down."));
        }
    }

    private sealed class Reader(IAsyncStreamReader<SyncRequest> inner, Writer writer, Breakage breakage)
        : IAsyncStreamReader<SyncRequest>
    {
        public SyncRequest Current { get; private set; } = new();

        public StatusCode? BrokeDown { get; private set; }

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            while (BrokeDown is null && await inner.MoveNext(cancellationToken))
            {
                var frame = inner.Current.Frame;
                BrokeDown = breakage.BreaksDown(frame);
                if (BrokeDown is null && breakage.Answered(frame) is { } answer)
                {
                    await writer.AnswerAsync(answer, cancellationToken);
                }
                else if (BrokeDown is null)
                {
                    Current = new SyncRequest { Frame = breakage.Received(frame) };
                    return true;
                }
            }

            return false;
        }
    }

    private sealed class Writer(IServerStreamWriter<SyncResponse> inner, Breakage breakage)
        : IServerStreamWriter<SyncResponse>, IDisposable
    {
        private readonly SemaphoreSlim _turn = new(1);

        public WriteOptions? WriteOptions
        {
            get => inner.WriteOptions;
            set => inner.WriteOptions = value;
        }

        public Task WriteAsync(SyncResponse message) => WriteAsync(message, CancellationToken.None);

        public async Task WriteAsync(SyncResponse message, CancellationToken cancellationToken)
        {
            if (breakage.Sent(message.Frame.Clone()) is { } frame)
            {
                await AnswerAsync(frame, cancellationToken);
            }
        }

        public async Task AnswerAsync(SyncFrame frame, CancellationToken cancellationToken)
        {
            await _turn.WaitAsync(cancellationToken);
            try
            {
                await inner.WriteAsync(new SyncResponse { Frame = frame }, cancellationToken);
            }
            finally
            {
                _turn.Release();
            }
        }

        public void Dispose() => _turn.Dispose();
    }
}
