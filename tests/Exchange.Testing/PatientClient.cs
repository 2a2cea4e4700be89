using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Exchange.Testing;

/// <summary>Gives unary calls without a deadline one that no test reaches, because nodes ask for one.</summary>
internal sealed class PatientClient : Interceptor
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request,
        ClientInterceptorContext<TRequest, TResponse> context,
        AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        var deadline = context.Options.Deadline ?? (TimeProvider.System.GetUtcNow() + Patience).UtcDateTime;
        return continuation(request, new ClientInterceptorContext<TRequest, TResponse>(
            context.Method, context.Host, context.Options.WithDeadline(deadline)));
    }
}
