using Exchange.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Exchange.Node.Watching;

/// <summary>
/// The newest part of the feed, read once for all watchers. A watcher behind it reads the store instead, so a slow
/// one costs nothing but its own lag. While nobody watches nothing is read: what a partner gives for a night is
/// nobody's to look at.
/// </summary>
internal sealed partial class FeedTail(IRecordStore store, ILogger<FeedTail> log, TimeProvider time) : BackgroundService
{
    private const int PageSize = 500;
    private const int Capacity = 8192;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Lock _joining = new();
    private Window? _window;
    private TaskCompletionSource _moved = NewSignal();
    private TaskCompletionSource _joined = NewSignal();
    private int _watchers;

    /// <summary>Open watch streams.</summary>
    public int Watchers => Volatile.Read(ref _watchers);

    /// <summary>Counts a watch stream until it is disposed.</summary>
    public async Task<IDisposable> JoinAsync(CancellationToken cancellationToken)
    {
        var status = await store.GetStatusAsync(cancellationToken);
        lock (_joining)
        {
            if (_watchers == 0)
            {
                // From here on the tail misses nothing, and the watcher's snapshot is taken later.
                Volatile.Write(ref _window, new Window(status.Head, status.Head, []));
            }

            Volatile.Write(ref _watchers, _watchers + 1);
        }

        Interlocked.Exchange(ref _joined, NewSignal()).TrySetResult();
        return new Membership(this);
    }

    /// <summary>
    /// Returns what lies behind a position, up to <paramref name="limit"/> items, and whether the tail held it.
    /// </summary>
    public async ValueTask<FeedSlice> ReadAsync(FeedPosition after, int limit, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _window) is { } window && after >= window.Start)
        {
            return window.Read(after, limit);
        }

        var page = await store.ReadFeedAsync(after, limit, cancellationToken);
        return new FeedSlice([.. page.Records.Select(record => new FeedItem(record))], page.Next, IsLive: false);
    }

    /// <summary>Returns true once the tail reaches beyond a position, false after a silence.</summary>
    public async Task<bool> WaitAsync(FeedPosition after, TimeSpan silence, CancellationToken cancellationToken)
    {
        // Taken before the window is looked at, or a move in between would be slept through.
        var moved = Volatile.Read(ref _moved).Task;
        if (Volatile.Read(ref _window) is { } window && window.End > after)
        {
            return true;
        }

        try
        {
            await moved.WaitAsync(silence, time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await AdvanceAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // Whatever it is: watchers fall back to the store, and a node that stopped for it would serve nobody.
                Failed(exception);
                await Task.Delay(Pause, time, stoppingToken);
            }
        }
    }

    private async Task AdvanceAsync(CancellationToken cancellationToken)
    {
        // Taken before the window is looked at, or a watcher that joins in between would not be seen.
        var joined = Volatile.Read(ref _joined).Task;
        if (Volatile.Read(ref _window) is not { } window)
        {
            await joined.WaitAsync(cancellationToken);
            return;
        }

        var page = await store.ReadFeedAsync(window.End, PageSize, cancellationToken);
        if (page.Records.Count == 0)
        {
            await store.WaitForCommitAsync(window.End, cancellationToken);
            return;
        }

        // Unless the last watcher left meanwhile, or another first one came.
        if (Interlocked.CompareExchange(ref _window, window.Append(page), window) == window)
        {
            Signal();
        }
    }

    private void Leave()
    {
        lock (_joining)
        {
            if (--_watchers == 0)
            {
                Volatile.Write(ref _window, null);
            }
        }
    }

    private void Signal() => Interlocked.Exchange(ref _moved, NewSignal()).TrySetResult();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(1, LogLevel.Warning, "The feed's tail can't be read; trying again")]
    private partial void Failed(Exception exception);

    private sealed class Membership(FeedTail tail) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
            {
                tail.Leave();
            }
        }
    }

    // Immutable: watchers read while the tail grows.
    private sealed record Window(FeedPosition Start, FeedPosition End, FeedItem[] Items)
    {
        public Window Append(FeedPage page)
        {
            var dropped = Math.Max(0, Items.Length + page.Records.Count - Capacity);
            dropped = Math.Min(dropped, Items.Length);
            var start = dropped == 0 ? Start : Items[dropped - 1].Stored.Position;
            return new Window(start, page.Next, [.. Items[dropped..], .. NewItems(page.Records)]);
        }

        // A record that was written twice between two reads of the tail shows only its last version. What it left is a
        // gap before that one; a store that leaves gaps for other reasons makes watchers hear of a removal in vain.
        private IEnumerable<FeedItem> NewItems(IReadOnlyList<StoredRecord> records)
        {
            var last = End.Value;
            var isWhole = true;
            foreach (var record in records)
            {
                isWhole &= record.Position.Value == ++last;
                yield return new FeedItem(record) { FollowsShown = isWhole };
            }
        }

        public FeedSlice Read(FeedPosition after, int limit)
        {
            var first = FirstBehind(after);
            var count = Math.Min(limit, Items.Length - first);
            var items = new ArraySegment<FeedItem>(Items, first, count);
            var next = first + count == Items.Length ? End : Items[first + count - 1].Stored.Position;
            return new FeedSlice(items, next < after ? after : next, IsLive: true);
        }

        private int FirstBehind(FeedPosition after)
        {
            var (low, high) = (0, Items.Length);
            while (low < high)
            {
                var middle = (low + high) / 2;
                (low, high) = Items[middle].Stored.Position <= after ? (middle + 1, high) : (low, middle);
            }

            return low;
        }
    }
}

/// <summary>Some consecutive items of the feed.</summary>
/// <param name="Items">By rising position; empty at the head.</param>
/// <param name="Next">Up to where the feed was read.</param>
/// <param name="IsLive">They come from the tail.</param>
internal sealed record FeedSlice(IReadOnlyList<FeedItem> Items, FeedPosition Next, bool IsLive);
