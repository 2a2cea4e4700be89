using Exchange.Node.Errors;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Exchange.Node.Access;

/// <summary>Ends open calls of a credential that has expired or was revoked, as if the caller had left.</summary>
internal static class CallEnds
{
    /// <summary>A step of the request pipeline, around all services.</summary>
    public static async Task WatchAsync(HttpContext context, RequestDelegate next)
    {
        if (Caller.Of(context.User).Credential is not { } credential)
        {
            await next(context);
            return;
        }

        var left = context.RequestAborted;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(left, credential.Ended);
        context.RequestAborted = ending.Token;
        try
        {
            await next(context);
        }
        finally
        {
            context.RequestAborted = left;
        }
    }

    /// <summary>Why a call ends although its caller hasn't left; null when it has, or the call doesn't end.</summary>
    public static ExchangeException? ErrorOf(ServerCallContext context)
    {
        var credential = Caller.Of(context).Credential;
        return credential is { Ended.IsCancellationRequested: true }
            ? AccessRefusals.Refused(credential.Told.RevokeTime is null ? "expired" : "revoked")
            : null;
    }
}
