using Exchange.Node.Errors;
using Grpc.Core;

namespace Exchange.Node.Sync;

/// <summary>One question to a partner's node: an answer, or why there is none.</summary>
internal static class PeerCall
{
    /// <summary>Calls and waits for the answer.</summary>
    /// <param name="partner">The partner's node id.</param>
    /// <param name="patience">How long to wait.</param>
    /// <param name="time">The clock.</param>
    /// <param name="call">Makes the call, with a deadline.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="ExchangeException">The partner can't be reached, or refused.</exception>
    public static async Task<T> RunAsync<T>(
        string partner,
        TimeSpan patience,
        TimeProvider time,
        Func<DateTime, CancellationToken, AsyncUnaryCall<T>> call,
        CancellationToken cancellationToken)
    {
        using var silence = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        try
        {
            // gRPC measures deadlines by the machine's own clock; the node's may be another in tests. It is the later
            // of the two, so that patience alone says why there is no answer.
            var deadline = TimeProvider.System.GetUtcNow() + patience + patience;
            using var running = call(deadline.UtcDateTime, either.Token);
            return await running;
        }
        catch (RpcException) when (silence.IsCancellationRequested)
        {
            throw SyncFailure.Unreachable(partner, $"no answer in {patience.TotalSeconds:0} s").ToException();
        }
        catch (RpcException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw PeerFailure.Read(exception, partner).ToException();
        }
    }
}
