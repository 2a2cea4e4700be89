using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Exchange.Cli.Client;

/// <summary>Gives every unary call a deadline, as nodes ask for.</summary>
internal sealed class UnaryDeadlines : Interceptor
{
    private static readonly TimeSpan Most = TimeSpan.FromMinutes(10);

    // A first session, and a chain or a register that is read from its beginning, take as long as they take; who waits
    // for them sits in front of the screen.
    private static readonly TimeSpan MostOfLong = TimeSpan.FromHours(24);

    private static readonly HashSet<string> Long =
    [
        "SyncNow", "VerifyAudit", "QueryAudit", "VerifyReceipts", "EraseSubject", "UndoStream", "TakeOverRecords",
        "RetryQuarantine", "PublishReport",
    ];

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request,
        ClientInterceptorContext<TRequest, TResponse> context,
        AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        if (context.Options.Deadline is not null)
        {
            return continuation(request, context);
        }

        var patience = Long.Contains(context.Method.Name) ? MostOfLong : Most;
        var options = context.Options.WithDeadline((TimeProvider.System.GetUtcNow() + patience).UtcDateTime);
        return continuation(
            request, new ClientInterceptorContext<TRequest, TResponse>(context.Method, context.Host, options));
    }
}
