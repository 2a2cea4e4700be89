using Exchange.Interop.Contract;
using Google.Protobuf;
using Grpc.Core;
using Empty = Exchange.Interop.Contract.Empty;

namespace Exchange.Interop;

/// <summary>The server's side of every case, on the stack that nodes are built on.</summary>
internal sealed class InteropService : TestService.TestServiceBase
{
    private const string EchoInitial = "x-grpc-test-echo-initial";
    private const string EchoTrailing = "x-grpc-test-echo-trailing-bin";

    public override async Task<Empty> EmptyCall(Empty request, ServerCallContext context)
    {
        await EchoMetadataAsync(context);
        context.WriteOptions = Options(compressed: null);
        return new Empty();
    }

    public override async Task<SimpleResponse> UnaryCall(SimpleRequest request, ServerCallContext context)
    {
        CheckCompressed(request.ExpectCompressed, context);
        await EchoMetadataAsync(context);
        ThrowIfAsked(request.ResponseStatus);
        context.WriteOptions = Options(request.ResponseCompressed);
        return new SimpleResponse { Payload = Body(request.ResponseSize) };
    }

    public override Task StreamingOutputCall(
        StreamingOutputCallRequest request,
        IServerStreamWriter<StreamingOutputCallResponse> responseStream,
        ServerCallContext context) => AnswerAsync(request, responseStream, context);

    public override async Task<StreamingInputCallResponse> StreamingInputCall(
        IAsyncStreamReader<StreamingInputCallRequest> requestStream, ServerCallContext context)
    {
        var size = 0;
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken))
        {
            CheckCompressed(request.ExpectCompressed, context);
            size += request.Payload.Body.Length;
        }

        return new StreamingInputCallResponse { AggregatedPayloadSize = size };
    }

    public override async Task FullDuplexCall(
        IAsyncStreamReader<StreamingOutputCallRequest> requestStream,
        IServerStreamWriter<StreamingOutputCallResponse> responseStream,
        ServerCallContext context)
    {
        await EchoMetadataAsync(context);
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken))
        {
            ThrowIfAsked(request.ResponseStatus);
            await AnswerAsync(request, responseStream, context);
        }
    }

    private static async Task AnswerAsync(
        StreamingOutputCallRequest request,
        IServerStreamWriter<StreamingOutputCallResponse> responses,
        ServerCallContext context)
    {
        foreach (var asked in request.ResponseParameters)
        {
            if (asked.IntervalUs > 0)
            {
                var wait = TimeSpan.FromMicroseconds(asked.IntervalUs);
                await Task.Delay(wait, TimeProvider.System, context.CancellationToken);
            }

            responses.WriteOptions = Options(asked.Compressed);
            await responses.WriteAsync(
                new StreamingOutputCallResponse { Payload = Body(asked.Size) }, context.CancellationToken);
        }
    }

    private static async Task EchoMetadataAsync(ServerCallContext context)
    {
        if (context.RequestHeaders.GetValue(EchoInitial) is { } initial)
        {
            await context.WriteResponseHeadersAsync(new Metadata { { EchoInitial, initial } });
        }

        if (context.RequestHeaders.GetValueBytes(EchoTrailing) is { } trailing)
        {
            context.ResponseTrailers.Add(EchoTrailing, trailing);
        }
    }

    private static void ThrowIfAsked(EchoStatus? asked)
    {
        if (asked is { Code: not 0 })
        {
            throw new RpcException(new Status((StatusCode)asked.Code, asked.Message));
        }
    }

    // The stack doesn't tell which messages were compressed, but whether the call may compress them.
    private static void CheckCompressed(bool? expected, ServerCallContext context)
    {
        var encoding = context.GetHttpContext().Request.Headers["grpc-encoding"].ToString();
        if (expected == true && (encoding is "" or "identity"))
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, "The request isn't compressed."));
        }
    }

    private static WriteOptions? Options(bool? compressed) =>
        compressed == true ? null : new WriteOptions(WriteFlags.NoCompress);

    private static Payload Body(int size) => new() { Body = ByteString.CopyFrom(new byte[size]) };
}
