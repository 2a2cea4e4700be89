using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Threading.Channels;
using Exchange.Node.Access;
using Exchange.Node.Errors;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Records;

/// <summary>
/// Runs publishing streams: opens each, fences an older call, writes items with up to <see cref="InFlight"/> at once so
/// that they share commits, and answers in the order of the items. Items of the same record are written one after the
/// other.
/// </summary>
internal sealed class PutStream(IRecordStore store, RecordWriter writer, ItemNames names, TimeProvider time)
{
    private const int InFlight = 64;

    // Those in flight, the one that is being answered, and the one that waits for its turn.
    private const int MostUnanswered = InFlight + 2;

    private readonly ConcurrentDictionary<PutScope, bool> _open = new();

    /// <summary>The publishing streams that are open in this process.</summary>
    public IEnumerable<PutScope> Open => _open.Keys;

    /// <summary>Opens a stream, so that an older call of the same name fails at its next item.</summary>
    public async Task<(PutScope Scope, ulong LastNumber)> OpenAsync(
        OpenStream open, CallReach reach, CancellationToken cancellationToken)
    {
        foreach (var (field, name) in new[] { ("open.publisher", open.Publisher), ("open.stream", open.Stream) })
        {
            if (!StreamName.IsValid(name))
            {
                throw ExchangeException.Invalid(field, StreamName.Rule);
            }
        }

        // Before the fence: nobody ends another publisher's stream.
        reach.Reach.RequirePublisher(open.Publisher);
        var scope = new PutScope(open.Publisher, open.Stream, NewFence(), open.Undoable);
        var entry = new EntryWrite(PutScope.Streams, scope.StreamKey, scope.Fence);
        await store.CommitAsync(new Commit { Entries = [entry] }, cancellationToken);

        // After the fence: whatever the older call still commits fails, so this number is final.
        var newest = await store.ReadEntriesAsync(
            PutScope.Answers, scope.Prefix, default, MostUnanswered, cancellationToken);
        return (scope, SettledUpTo(newest));
    }

    // Items are committed side by side, so that a cut may leave an earlier one out. Every item up to the answer was
    // settled: what lies so far behind the newest was answered, and nearer to it nothing is missing.
    private static ulong SettledUpTo(IReadOnlyList<Entry> newest)
    {
        var numbers = newest.Select(entry => PutScope.NumberOf(entry.Key.Span)).ToHashSet();
        var last = numbers.Count == 0 ? 0 : numbers.Max();
        var settled = last - Math.Min(last, MostUnanswered);
        while (numbers.Contains(settled + 1))
        {
            settled++;
        }

        return settled;
    }

    /// <summary>Writes items as they come and answers each in order.</summary>
    public async Task RunAsync(
        IAsyncEnumerable<PutRecordItem> items,
        PutScope? scope,
        CallReach reach,
        Func<PutRecordAnswer, Task> answer,
        CancellationToken cancellationToken)
    {
        if (scope is null or { IsRequest: true })
        {
            await RunItemsAsync(items, scope, reach, answer, cancellationToken);
            return;
        }

        _open[scope] = true;
        try
        {
            await RunItemsAsync(items, scope, reach, answer, cancellationToken);
        }
        finally
        {
            _open.TryRemove(scope, out _);
        }
    }

    private async Task RunItemsAsync(
        IAsyncEnumerable<PutRecordItem> items,
        PutScope? scope,
        CallReach reach,
        Func<PutRecordAnswer, Task> answer,
        CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pending = Channel.CreateBounded<Task<PutRecordAnswer>>(InFlight);
        var answering = AnswerAsync(pending.Reader, answer, ending);
        try
        {
            await StartAllAsync(items, scope, reach, pending.Writer, ending.Token);
        }
        catch (OperationCanceledException)
            when (ending.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // The answering side failed and says why below; it may still be on its way out.
        }
        catch
        {
            // What was taken before is answered first, and nothing is written to a call that has ended.
            pending.Writer.TryComplete();
            await answering.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
        finally
        {
            pending.Writer.TryComplete();
        }

        await answering;
    }

    private async Task StartAllAsync(
        IAsyncEnumerable<PutRecordItem> items,
        PutScope? scope,
        CallReach reach,
        ChannelWriter<Task<PutRecordAnswer>> pending,
        CancellationToken cancellationToken)
    {
        var order = new ItemOrder();
        await foreach (var item in items.WithCancellation(cancellationToken))
        {
            if (item.Number == 0)
            {
                throw ExchangeException.Invalid("item.number", "Number the items of a stream from 1.");
            }

            var name = names.Of(item);
            var put = PutAfterAsync(order.Before(name), item, scope, reach, cancellationToken);
            order.Begun(name, put);
            await pending.WriteAsync(put, cancellationToken);
        }
    }

    private async Task<PutRecordAnswer> PutAfterAsync(
        Task? earlier,
        PutRecordItem item,
        PutScope? scope,
        CallReach reach,
        CancellationToken cancellationToken)
    {
        if (earlier is not null)
        {
            // Its outcome is its own; here only the order matters.
            await earlier.ContinueWith(
                static _ => { },
                cancellationToken,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }

        return await writer.PutAsync(item, scope, reach, cancellationToken);
    }

    private static async Task AnswerAsync(
        ChannelReader<Task<PutRecordAnswer>> pending,
        Func<PutRecordAnswer, Task> answer,
        CancellationTokenSource ending)
    {
        try
        {
            await foreach (var put in pending.ReadAllAsync(CancellationToken.None))
            {
                await answer(await put);
            }
        }
        catch
        {
            await ending.CancelAsync();
            throw;
        }
    }

    // Random, so that no two calls share it; dated, so that housekeeping can tell forgotten streams.
    private byte[] NewFence() => PutScope.FenceOf(RandomNumberGenerator.GetBytes(16), time.GetUtcNow());
}
