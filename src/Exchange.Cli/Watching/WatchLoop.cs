using Exchange.Cli.Client;
using Grpc.Core;

namespace Exchange.Cli.Watching;

/// <summary>Keeps one watch going: reconnects with backoff and resumes from the last applied token.</summary>
/// <typeparam name="TResponse">The responses of the watch.</typeparam>
internal sealed class WatchLoop<TResponse>(
    Func<string, CancellationToken, AsyncServerStreamingCall<TResponse>> begin,
    Func<TResponse, WatchEvent> read,
    ResumeFile resume,
    TimeProvider time)
{
    private bool _live;

    /// <summary>How often the watch was taken up again after it was cut.</summary>
    public int Reconnects { get; private set; }

    /// <summary>Watches until <paramref name="apply"/> returns false.</summary>
    /// <param name="apply">Applies one response; its token is kept afterwards.</param>
    /// <param name="cancellationToken">Ends the watch; the last applied token is kept.</param>
    /// <exception cref="RpcException">The node refused, or couldn't be reached at the first attempt.</exception>
    public async Task RunAsync(Func<TResponse, WatchEvent, Task<bool>> apply, CancellationToken cancellationToken)
    {
        var backoff = new Backoff(time);
        var connected = false;
        _live = resume.Token.Length > 0;
        try
        {
            while (true)
            {
                try
                {
                    using var call = begin(resume.Token, cancellationToken);
                    await foreach (var response in call.ResponseStream.ReadAllAsync(cancellationToken))
                    {
                        connected = true;
                        backoff.Reset();
                        if (!await ApplyAsync(response, apply))
                        {
                            return;
                        }
                    }
                }
                catch (RpcException exception)
                    when (connected && Transient.Is(exception) && !cancellationToken.IsCancellationRequested)
                {
                    Reconnects++;
                }

                await backoff.WaitAsync(cancellationToken);
            }
        }
        finally
        {
            resume.Save();
        }
    }

    private async Task<bool> ApplyAsync(TResponse response, Func<TResponse, WatchEvent, Task<bool>> apply)
    {
        var happened = read(response);
        var goOn = await apply(response, happened);
        _live |= happened.Kind == WatchEventKind.SnapshotEnd;

        // After it was applied, never before: a crash in between repeats a response, the other way round it would lose
        // one.
        resume.Applied(happened.Token, mayWait: !_live);
        return goOn;
    }
}

/// <summary>What a response of any watch says.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Token">Up to where the watch is complete once the response was applied.</param>
internal readonly record struct WatchEvent(WatchEventKind Kind, string Token);

/// <summary>What can happen in a watch.</summary>
internal enum WatchEventKind
{
    /// <summary>A record or state was written, or stands in the snapshot.</summary>
    Item,

    /// <summary>A record is gone or stopped matching.</summary>
    Removed,

    /// <summary>The snapshot is complete.</summary>
    SnapshotEnd,

    /// <summary>Nothing happened up to the token.</summary>
    Bookmark,
}
