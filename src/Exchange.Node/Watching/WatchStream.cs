using Exchange.Store;
using Grpc.Core;

namespace Exchange.Node.Watching;

/// <summary>Writes one watch as responses: what a step means to this caller, each with its resume token.</summary>
internal sealed class WatchStream(IRecordStore store, FeedWatcher watcher, TimeProvider time)
{
    // Long stretches that the caller doesn't get move its token all the same, and so does a feed that moves now and
    // then: it is never silent for long, but this caller would hear nothing.
    private const int BookmarkEvery = 1000;

    private static readonly WriteOptions Buffered = new(WriteFlags.BufferHint);

    /// <summary>Runs until the caller leaves or the node stops.</summary>
    /// <param name="resumeToken">Where to go on; empty for a snapshot.</param>
    /// <param name="responses">The call's stream.</param>
    /// <param name="toResponse">What a step means to the caller; null for nothing.</param>
    /// <param name="bookmark">Makes a response that only moves the token.</param>
    /// <param name="setToken">Sets a response's token.</param>
    /// <param name="cancellationToken">The caller left.</param>
    public async Task RunAsync<TResponse>(
        string resumeToken,
        IServerStreamWriter<TResponse> responses,
        Func<WatchStep, ValueTask<TResponse?>> toResponse,
        Func<TResponse> bookmark,
        Action<TResponse, string> setToken,
        CancellationToken cancellationToken)
        where TResponse : class
    {
        TResponse? held = null;
        var skipped = 0;
        var told = time.GetTimestamp();
        await foreach (var step in watcher.WatchAsync(resumeToken, cancellationToken))
        {
            var response = step.Kind == WatchStepKind.Bookmark ? bookmark() : await toResponse(step);
            if (response is null
                && (++skipped % BookmarkEvery == 0 || time.GetElapsedTime(told) >= FeedWatcher.Silence))
            {
                response = bookmark();
            }

            if (response is not null)
            {
                told = time.GetTimestamp();
                setToken(response, step.Token.Encode(store.Epoch));

                // One is held back until it is known whether another follows: only the last of a run is flushed.
                await WriteAsync(held, Buffered);
                held = response;
            }

            if (!step.MoreFollow)
            {
                await WriteAsync(held, null);
                held = null;
            }
        }

        async ValueTask WriteAsync(TResponse? response, WriteOptions? options)
        {
            if (response is not null)
            {
                responses.WriteOptions = options;
                await responses.WriteAsync(response, cancellationToken);
            }
        }
    }
}
