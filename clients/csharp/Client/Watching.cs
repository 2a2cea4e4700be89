using Grpc.Core;

namespace Exchange.Client;

/// <summary>Keeps a watch going: reconnects with backoff and resumes from the token of what was applied.</summary>
internal static class Watching
{
    public static async Task RunAsync<TResponse>(
        Func<string, AsyncServerStreamingCall<TResponse>> begin,
        Func<TResponse, (string Token, bool IsQuiet)> read,
        ITokenStore token,
        Func<Task> startOver,
        Func<TResponse, Task> apply,
        Backoff backoff,
        CancellationToken cancellationToken)
    {
        var at = await token.LoadAsync(cancellationToken);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (at.Length == 0)
            {
                await startOver();
            }

            var delay = TimeSpan.Zero;
            try
            {
                using var call = begin(at);
                while (await call.ResponseStream.MoveNext(cancellationToken))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    backoff.Reset();
                    var (next, isQuiet) = read(call.ResponseStream.Current);
                    if (!isQuiet)
                    {
                        await apply(call.ResponseStream.Current);
                    }

                    // After it was applied: a crash in between repeats a response, the other way round it would lose
                    // one.
                    at = next;
                    await token.SaveAsync(at, CancellationToken.None);
                }
            }
            catch (RpcException exception)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var error = ExchangeException.Of(exception);
                if (error.Reason is "ERROR_REASON_RESUME_TOKEN_FOREIGN" or "ERROR_REASON_RESUME_TOKEN_EXPIRED")
                {
                    at = "";
                    continue;
                }

                delay = error.Code == StatusCode.Unavailable ? error.RetryDelay : throw error;
            }

            if (!await backoff.WaitAsync(delay, cancellationToken))
            {
                throw ExchangeException.Of(new RpcException(new Status(
                    StatusCode.Unavailable, "The node was silent for longer than the patience.")));
            }
        }
    }
}
