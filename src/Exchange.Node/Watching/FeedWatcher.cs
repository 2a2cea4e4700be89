using System.Runtime.CompilerServices;
using Exchange.Node.Errors;
using Exchange.Node.Hosting;
using Exchange.Store;

namespace Exchange.Node.Watching;

/// <summary>
/// Turns the feed into the steps of a watch: snapshot, its end, then changes and bookmarks, until the node stops.
/// </summary>
internal sealed class FeedWatcher(IRecordStore store, FeedTail tail, NodeLifetime lifetime)
{
    /// <summary>Longest silence before a bookmark; the contract promises 30 s.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(20);

    private const int PageSize = 500;

    /// <summary>Watches from a token, or from a snapshot if it is empty.</summary>
    /// <exception cref="ExchangeException">
    /// The token is of another epoch or can't be read; or the node is being stopped.
    /// </exception>
    /// <exception cref="FeedTrimmedException">Removals behind the token are gone.</exception>
    public async IAsyncEnumerable<WatchStep> WatchAsync(
        string resumeToken, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var membership = await tail.JoinAsync(cancellationToken);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.Stopping);
        var head = (await store.GetStatusAsync(cancellationToken)).Head;
        var fresh = resumeToken.Length == 0;
        var token = fresh
            ? new ResumeToken(FeedPosition.Start, head)
            : ResumeToken.Decode(resumeToken, store.Epoch, head);

        // Whoever reads the store misses versions that were overwritten already. So up to here what a record was before
        // doesn't tell what this watcher was sent of it.
        var blind = head;
        if (fresh && token.SnapshotEnd == FeedPosition.Start)
        {
            yield return new WatchStep(token, WatchStepKind.SnapshotEnd);
        }

        while (true)
        {
            var slice = await ReadAsync(token.Position, either.Token, cancellationToken);
            if (!slice.IsLive)
            {
                blind = (await store.GetStatusAsync(cancellationToken)).Head;
            }

            for (var index = 0; index < slice.Items.Count; index++)
            {
                var item = slice.Items[index];
                if (token.SnapshotEnd != FeedPosition.Start && item.Stored.Position > token.SnapshotEnd)
                {
                    token = new ResumeToken(token.SnapshotEnd, FeedPosition.Start);
                    yield return new WatchStep(token, WatchStepKind.SnapshotEnd, MoreFollow: true);
                }

                token = token with { Position = item.Stored.Position };
                var isExact = slice.IsLive && item.FollowsShown && item.Stored.Position > blind;
                yield return new WatchStep(token, KindOf(token, isExact), item, index < slice.Items.Count - 1);
            }

            token = token with { Position = slice.Next > token.Position ? slice.Next : token.Position };
            if (token.SnapshotEnd != FeedPosition.Start && token.Position >= token.SnapshotEnd)
            {
                token = token with { SnapshotEnd = FeedPosition.Start };
                yield return new WatchStep(token, WatchStepKind.SnapshotEnd);
            }

            if (slice.Items.Count == 0 && !await MovesAsync(token.Position, either.Token, cancellationToken))
            {
                yield return new WatchStep(token, WatchStepKind.Bookmark);
            }
        }
    }

    private static WatchStepKind KindOf(ResumeToken token, bool isExact) =>
        token.SnapshotEnd != FeedPosition.Start ? WatchStepKind.SnapshotItem
        : isExact ? WatchStepKind.LiveItem
        : WatchStepKind.CatchUpItem;

    private async Task<FeedSlice> ReadAsync(FeedPosition after, CancellationToken either, CancellationToken caller)
    {
        try
        {
            return await tail.ReadAsync(after, PageSize, either);
        }
        catch (OperationCanceledException) when (!caller.IsCancellationRequested)
        {
            throw NodeLifetime.StoppingError();
        }
    }

    private async Task<bool> MovesAsync(FeedPosition after, CancellationToken either, CancellationToken caller)
    {
        try
        {
            return await tail.WaitAsync(after, Silence, either);
        }
        catch (OperationCanceledException) when (!caller.IsCancellationRequested)
        {
            throw NodeLifetime.StoppingError();
        }
    }
}
