using System.Diagnostics;
using Exchange.Node.Access;
using Exchange.V1;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Logging;

namespace Exchange.Node.Errors;

/// <summary>
/// The one place where a handler's exceptions become statuses. What fails outside of handlers is completed by
/// <see cref="FrameworkErrors"/>.
/// </summary>
internal sealed partial class ErrorInterceptor(ILogger<ErrorInterceptor> log) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            FrameworkErrors.NoteHandled(context.GetHttpContext());
            return await continuation(request, context);
        }
        catch (Exception exception) when (exception is not RpcException)
        {
            throw Translate(exception, context);
        }
    }

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        ServerCallContext context,
        ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            FrameworkErrors.NoteHandled(context.GetHttpContext());
            return await continuation(new CallerStream<TRequest>(requestStream, context.Method), context);
        }
        catch (Exception exception) when (exception is not RpcException)
        {
            throw Translate(exception, context);
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            FrameworkErrors.NoteHandled(context.GetHttpContext());
            await continuation(request, responseStream, context);
        }
        catch (Exception exception) when (exception is not RpcException)
        {
            throw Translate(exception, context);
        }
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            FrameworkErrors.NoteHandled(context.GetHttpContext());
            await continuation(new CallerStream<TRequest>(requestStream, context.Method), responseStream, context);
        }
        catch (Exception exception) when (exception is not RpcException)
        {
            throw Translate(exception, context);
        }
    }

    private RpcException Translate(Exception exception, ServerCallContext context)
    {
        if (CallEnds.ErrorOf(context) is { } ended)
        {
            return ErrorStatus.ToRpc(ended);
        }

        // Asked before all others: a caller that left makes every kind of exception, and none of them is a fault. At a
        // deadline the framework ends the answer first, and says only then that nobody waits.
        if (context.CancellationToken.IsCancellationRequested || FrameworkErrors.HasEnded(context.GetHttpContext()))
        {
            return ErrorStatus.ToRpc(new ExchangeException(
                StatusCode.Cancelled, ErrorReason.CallCancelled, "The caller went away."));
        }

        if (ErrorStatus.Translate(exception) is { } known)
        {
            return ErrorStatus.ToRpc(known);
        }

        var trace = Activity.Current?.TraceId.ToString() ?? Guid.NewGuid().ToString("N");
        Unexpected(context.Method, trace, exception);
        return ErrorStatus.ToRpc(new ExchangeException(
            StatusCode.Internal,
            ErrorReason.Internal,
            $"A fault of this node. Its log has the details under trace id {trace}.",
            ("trace_id", trace)));
    }

    [LoggerMessage(1, LogLevel.Error, "{Method} failed unexpectedly (trace id {Trace})")]
    private partial void Unexpected(string method, string trace, Exception exception);
}
