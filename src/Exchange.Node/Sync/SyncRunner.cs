using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Exchange.Node.Errors;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Node.Sync;

/// <summary>
/// The loop around a <see cref="SyncSession"/>: owns the stream, the time and the tasks, and nothing that decides
/// anything.
///
/// What the source is asked for happens in order, and so does what the sink is asked for; the two overlap, and both
/// overlap with reading and writing the stream. Memory is bounded by the windows of both sides.
/// </summary>
#pragma warning disable CA1001 // The semaphore's wait handle is never asked for, so there is nothing to dispose.
internal sealed class SyncRunner(
    SyncSession session, ISyncStream stream, SyncPorts ports, string peer, TimeProvider time)
{
    // Frames that were read and not yet handled; a few, so that reading overlaps with handling.
    private const int MaxUnhandledFrames = 4;

    // Frames to be written: batches under the peer's window, an ack for each of its batches, and some words. A peer
    // that lets more than this pile up doesn't read at all.
    private const int MaxUnwrittenFrames = 256;

    // What waits for our clock to pass is looked at so often while a live session stays open.
    private const int TicksPerRetry = 60;

    private static readonly TimeSpan TickPeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(10);

    private readonly Channel<Func<SyncInput>> _inputs = Channel.CreateUnbounded<Func<SyncInput>>(
        new UnboundedChannelOptions { SingleReader = true });

    private readonly Channel<SyncFrame> _frames = Channel.CreateBounded<SyncFrame>(
        new BoundedChannelOptions(MaxUnwrittenFrames) { SingleReader = true, SingleWriter = true });

    private readonly SemaphoreSlim _unhandled = new(MaxUnhandledFrames);
    private readonly long _started = time.GetTimestamp();

    /// <summary>Runs the session to its end.</summary>
    /// <param name="leave">Completes when this side must leave: what is being committed is finished first.</param>
    /// <param name="cancellationToken">The call is gone.</param>
    /// <exception cref="ExchangeException">The session failed.</exception>
    /// <exception cref="Store.StoreException">The store failed.</exception>
    public async Task<SyncEnd> RunAsync(Task<SyncFailure> leave, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var lanes = new Lanes(
            new SyncLane(Fault), new SyncLane(Fault), new SyncLane(Fault), new SyncLane(Fault), over.Token);
        var writing = WriteFramesAsync(over.Token);
        Task[] background =
        [
            ReadFramesAsync(over.Token),
            TickAsync(over.Token),
            LeaveAsync(leave, over.Token),
            TellOutagesAsync(over.Token),
        ];
        try
        {
            var end = await LoopAsync(lanes, over.Token);
            await FlushAsync(writing);
            return end is SyncAction.Finish finish ? finish.End : throw ((SyncAction.Fail)end).Failure.ToException();
        }
        finally
        {
            _frames.Writer.TryComplete();
            await over.CancelAsync();
            await Task.WhenAll([writing, .. background, .. lanes.Idle]);
        }
    }

    private async Task<SyncAction> LoopAsync(Lanes lanes, CancellationToken cancellationToken)
    {
        await ports.Sink.RetryQuarantineAsync(CancellationToken.None);
        var applied = await ports.Sink.AppliedAsync(cancellationToken);
        var newest = await ports.Receipts.NewestAsync(cancellationToken);
        SyncInput input = new SyncInput.Connected(applied, newest);
        Post(new SyncInput.PutAsideListed(await ports.Sink.ListAsync(cancellationToken)));
        await TellPassedOnAsync(fromStart: true, cancellationToken);
        for (var ticks = 0; ;)
        {
            foreach (var action in session.Handle(input, Now()))
            {
                if (action is SyncAction.Fail or SyncAction.Finish)
                {
                    return action;
                }

                Do(action, lanes);
            }

            if (input is SyncInput.FrameReceived)
            {
                _unhandled.Release();
            }
            else if (input is SyncInput.Tick && ++ticks % TicksPerRetry == 0)
            {
                lanes.Sink.Order(() => RetryAsync(lanes.Over), lanes.Over);
                lanes.Notes.Order(() => TellPassedOnAsync(fromStart: true, lanes.Over), lanes.Over);
            }

            var next = await _inputs.Reader.ReadAsync(cancellationToken);
            input = next();
        }
    }

    private async Task RetryAsync(CancellationToken cancellationToken)
    {
        await ports.Sink.RetryQuarantineAsync(CancellationToken.None);
        Post(new SyncInput.PutAsideListed(await ports.Sink.ListAsync(cancellationToken)));
    }

    private async Task TellPassedOnAsync(bool fromStart, CancellationToken cancellationToken) =>
        Post(new SyncInput.PassedOnRead(await ports.PassedOn.ReadAsync(fromStart, cancellationToken)));

    private async Task StorePassedOnAsync(SyncPassedOn report)
    {
        await ports.PassedOn.StoreAsync(report, CancellationToken.None);
        Post(new SyncInput.PassedOnStored(report));
    }

    private async Task ConfirmPassedOnAsync(ulong number, CancellationToken cancellationToken)
    {
        await ports.PassedOn.StoredAsync(number, CancellationToken.None);
        await TellPassedOnAsync(fromStart: false, cancellationToken);
    }

    private void Do(SyncAction action, Lanes lanes)
    {
        var over = lanes.Over;
        switch (action)
        {
            case SyncAction.Send send:
                Write(send.Frame);
                break;
            case SyncAction.ReadPage read:
                lanes.Source.Order(
                    async () => Post(new SyncInput.PageRead(await ports.Source.ReadAsync(read.After, over))), over);
                break;
            case SyncAction.ReadReturns read:
                lanes.Source.Order(
                    async () => Post(new SyncInput.PageRead(
                        await ports.Source.ReadReturnsAsync(read.After, read.Epoch, over))),
                    over);
                break;
            case SyncAction.ComputeDigest digest:
                var isOutgoing = digest.Direction == SyncDirection.Outgoing;
                (isOutgoing ? lanes.Source : lanes.Sink).Order(async () => Post(await CountAsync(digest, over)), over);
                break;
            case SyncAction.Inspect inspect:
                lanes.Sink.Order(
                    async () => Post(new SyncInput.Inspected(await ports.Sink.InspectAsync(inspect.Question, over))),
                    over);
                break;
            case SyncAction.WaitForFeed wait:
                lanes.Feed.Order(
                    async () =>
                    {
                        await ports.Source.WaitAsync(wait.After, over);
                        Post(new SyncInput.FeedMoved());
                    },
                    over);
                break;
            default:
                Commit(action, lanes);
                break;
        }
    }

    private async Task<SyncInput> CountAsync(SyncAction.ComputeDigest digest, CancellationToken cancellationToken)
    {
        var isOutgoing = digest.Direction == SyncDirection.Outgoing;
        if (digest.Anew)
        {
            var recount = await (isOutgoing
                ? ports.Source.RecountAsync(cancellationToken)
                : ports.Sink.RecountAsync(cancellationToken));
            return new SyncInput.DigestReady(digest.Direction, recount.Digest, recount);
        }

        return new SyncInput.DigestReady(digest.Direction, await (isOutgoing
            ? ports.Source.DigestAsync(digest.WithBuckets, cancellationToken)
            : ports.Sink.DigestAsync(digest.WithBuckets, cancellationToken)));
    }

    // A commit that has begun is waited for and never cancelled: one that was given up might land after the next
    // session has said where it stands.
    private void Commit(SyncAction action, Lanes lanes)
    {
        var never = CancellationToken.None;
        switch (action)
        {
            case SyncAction.ApplyBatch apply:
                lanes.Sink.Order(
                    async () => Post(new SyncInput.BatchApplied(await ports.Sink.ApplyAsync(apply.Batch, never))),
                    lanes.Over);
                break;
            case SyncAction.ConfirmPage confirm:
                lanes.Source.Order(
                    async () =>
                    {
                        await ports.Source.ConfirmAsync(confirm.Page, confirm.Ack, never);
                        Post(new SyncInput.PageConfirmed());
                    },
                    lanes.Over);
                break;
            case SyncAction.CompareInspection compare:
                lanes.Source.Order(
                    async () => Post(new SyncInput.InspectionCompared(await ports.Source.CompareAsync(
                        compare.Question, compare.Page, compare.After, never))),
                    lanes.Over);
                break;
            case SyncAction.StoreReceipt store:
                lanes.Notes.Order(
                    async () =>
                    {
                        await ports.Receipts.StoreAsync(store.Receipt, never);
                        Post(new SyncInput.ReceiptStored(store.Receipt));
                    },
                    lanes.Over);
                break;
            case SyncAction.NoteOutages note:
                lanes.Notes.Order(
                    () => ports.Outages?.TakeAsync(peer, note.Outages, never) ?? Task.CompletedTask, lanes.Over);
                break;
            case SyncAction.StorePassedOn passed:
                lanes.Notes.Order(() => StorePassedOnAsync(passed.Told), lanes.Over);
                break;
            case SyncAction.ConfirmPassedOn confirm:
                lanes.Notes.Order(() => ConfirmPassedOnAsync(confirm.Number, lanes.Over), lanes.Over);
                break;
            case SyncAction.Report report:
                lanes.Notes.Order(() => ports.Settled(report.Progress, never), lanes.Over);
                break;
            default:
                throw new InvalidOperationException($"The loop knows no {action.GetType().Name}.");
        }
    }

    private async Task ReadFramesAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await _unhandled.WaitAsync(cancellationToken);
                if (await stream.ReadAsync(cancellationToken) is not { } frame)
                {
                    Post(new SyncInput.StreamEnded());
                    return;
                }

                Post(new SyncInput.FrameReceived(frame));
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The session is over.
        }
        catch (RpcException exception)
        {
            Post(new SyncInput.StreamEnded(PeerFailure.Read(exception, peer)));
        }
        catch (IOException)
        {
            Post(new SyncInput.StreamEnded(SyncFailure.Unreachable(peer, "the stream was cut")));
        }
        catch (Exception exception)
        {
            Fault(exception);
        }
    }

    private async Task WriteFramesAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var frame in _frames.Reader.ReadAllAsync(cancellationToken))
            {
                await stream.WriteAsync(frame, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The session is over.
        }
        catch (Exception exception) when (exception is IOException or RpcException)
        {
            // The call is over. The reader sees it too, and with the peer's reason.
        }
        catch (Exception exception)
        {
            Fault(exception);
        }
    }

    private async Task TickAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TickPeriod, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                Post(new SyncInput.Tick());
            }
        }
        catch (OperationCanceledException)
        {
            // The session is over.
        }
    }

    private async Task LeaveAsync(Task<SyncFailure> leave, CancellationToken cancellationToken)
    {
        try
        {
            Post(new SyncInput.StopRequested(await leave.WaitAsync(cancellationToken)));
        }
        catch (OperationCanceledException)
        {
            // The session is over.
        }
    }

    // What is announced while the session is open.
    private async Task TellOutagesAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (ports.Outages is { } book)
            {
                var changed = book.Changed;
                Post(new SyncInput.OutagesChanged(await book.OwnAsync(cancellationToken)));
                await changed.WaitAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The session is over.
        }
        catch (Exception exception)
        {
            Fault(exception);
        }
    }

    // The last words reach the peer, unless it doesn't listen.
    private async Task FlushAsync(Task writing)
    {
        _frames.Writer.TryComplete();
        try
        {
            await writing.WaitAsync(FlushTimeout, time);
        }
        catch (TimeoutException)
        {
            // It will see the end of the stream instead.
        }
    }

    private void Write(SyncFrame frame)
    {
        if (!_frames.Writer.TryWrite(frame))
        {
            throw SyncFailure.Unreachable(peer, "it doesn't read").ToException();
        }
    }

    private void Post(SyncInput input) => _inputs.Writer.TryWrite(() => input);

    private void Fault(Exception exception)
    {
        var captured = ExceptionDispatchInfo.Capture(exception);
        _inputs.Writer.TryWrite(() =>
        {
            captured.Throw();
            return null!;
        });
    }

    private SyncTime Now() => new(time.GetUtcNow(), time.GetElapsedTime(_started));

    private sealed record Lanes(
        SyncLane Source, SyncLane Sink, SyncLane Feed, SyncLane Notes, CancellationToken Over)
    {
        public IEnumerable<Task> Idle => [Source.Idle, Sink.Idle, Feed.Idle, Notes.Idle];
    }
}
