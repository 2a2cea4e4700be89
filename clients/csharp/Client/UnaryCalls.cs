using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Exchange.Client;

/// <summary>Gives unary calls a deadline, repeats them where that is safe, and tells what they fail with.</summary>
internal sealed class UnaryCalls(TimeSpan deadline) : Interceptor
{
    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request,
        ClientInterceptorContext<TRequest, TResponse> context,
        AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var until = context.Options.Deadline ?? now + deadline;
        var limited = new ClientInterceptorContext<TRequest, TResponse>(
            context.Method, context.Host, context.Options.WithDeadline(until));
        var response = CallAsync(request, limited, continuation, new Backoff(until - now));
        return new AsyncUnaryCall<TResponse>(
            response, Task.FromResult(new Metadata()), () => Status.DefaultSuccess, () => [], () => { });
    }

    private static async Task<TResponse> CallAsync<TRequest, TResponse>(
        TRequest request,
        ClientInterceptorContext<TRequest, TResponse> context,
        AsyncUnaryCallContinuation<TRequest, TResponse> continuation,
        Backoff backoff)
        where TRequest : class
        where TResponse : class
    {
        while (true)
        {
            ExchangeException error;
            try
            {
                return await continuation(request, context).ResponseAsync;
            }
            catch (RpcException exception)
            {
                error = ExchangeException.Of(exception);
            }

            var again = error.Code == StatusCode.Unavailable && IsSafeToRepeat(context.Method.Name, request);
            if (!again || !await backoff.WaitAsync(error.RetryDelay, context.Options.CancellationToken))
            {
                throw error;
            }
        }
    }

    // A write whose outcome is unknown may only be sent again when the node can tell that it is the same one.
    private static bool IsSafeToRepeat(string method, object request) =>
        method.StartsWith("Get", StringComparison.Ordinal)
        || method.StartsWith("List", StringComparison.Ordinal)
        || (request is IMessage message
            && message.Descriptor.FindFieldByName("request_id")?.Accessor.GetValue(message) is string { Length: > 0 });
}
