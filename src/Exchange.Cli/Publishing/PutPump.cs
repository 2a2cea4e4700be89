using System.Diagnostics.CodeAnalysis;
using Exchange.Cli.Client;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Cli.Publishing;

/// <summary>
/// Sends items under a window of unanswered ones and matches the answers, which come in order. When the call is cut it
/// reconnects with backoff, opens the stream again and sends what wasn't answered; what was accepted is answered as at
/// first
/// and not written twice.
/// </summary>
/// <param name="begin">Begins a call.</param>
/// <param name="open">What every call opens.</param>
/// <param name="patience">How long to go on without a single answer before giving up.</param>
/// <param name="time">The clock.</param>
internal sealed class PutPump(
    Func<CancellationToken, IPutCall> begin, OpenStream open, TimeSpan patience, TimeProvider time)
{
    private const int Window = 1000;

    private readonly Queue<PutLine> _unanswered = new();
    private readonly Lock _queue = new();
    private long _answeredAt;

    /// <summary>The highest item number that the node had accepted when this pump first opened the stream.</summary>
    public ulong FirstNumber { get; private set; }

    /// <summary>How often a cut call was taken up again.</summary>
    public int Reconnects { get; private set; }

    /// <summary>
    /// Sends all lines; <paramref name="answered"/> is called for each, one after the other, in order.
    /// </summary>
    /// <exception cref="RpcException">The node refused the stream, or stayed away longer than the patience.</exception>
    public async Task RunAsync(
        IAsyncEnumerable<PutLine> lines,
        Func<PutLine, PutRecordAnswer, Task> answered,
        CancellationToken cancellationToken)
    {
        await using var source = new LineSource(lines, Window, cancellationToken);
        var backoff = new Backoff(time);
        _answeredAt = time.GetTimestamp();
        var first = true;
        while (true)
        {
            try
            {
                await RunCallAsync(source, answered, backoff, first, cancellationToken);
                return;
            }
            catch (RpcException exception) when (MayGoOn(exception, cancellationToken))
            {
                (first, Reconnects) = (false, Reconnects + 1);
                await backoff.WaitAsync(cancellationToken);
            }
        }
    }

    /// <summary>The error of an answer that fits no item.</summary>
    public static RpcException NotInOrder(string expected) =>
        new(new Status(StatusCode.Internal, $"The node's answers don't fit the items; {expected} was due."));

    /// <summary>The error of a call that ended in good order while answers were due.</summary>
    public static RpcException EndedEarly() =>
        new(new Status(StatusCode.Unavailable, "The node ended the call before every item was answered."));

    private bool MayGoOn(RpcException exception, CancellationToken cancellationToken) =>
        Transient.Is(exception)
        && !cancellationToken.IsCancellationRequested
        && time.GetElapsedTime(_answeredAt) < patience;

    private async Task RunCallAsync(
        LineSource source,
        Func<PutLine, PutRecordAnswer, Task> answered,
        Backoff backoff,
        bool first,
        CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var call = begin(ending.Token);
        var last = await call.OpenAsync(open, ending.Token);
        FirstNumber = first ? last : FirstNumber;
        var reading = ReadAsync(call, source, answered, backoff, ending);
        try
        {
            await WriteAsync(call, source, ending.Token);
        }
        catch (Exception exception)
        {
            // Whatever happened, no answer may still be told when this returns. The reading side often knows the
            // reason.
            await ending.CancelAsync();
            await RethrowAsync(reading, exception);
        }

        await reading;
    }

    private async Task WriteAsync(IPutCall call, LineSource source, CancellationToken cancellationToken)
    {
        PutLine[] again;
        lock (_queue)
        {
            again = [.. _unanswered];
        }

        foreach (var line in again)
        {
            await call.WriteAsync(line.Item, cancellationToken);
        }

        while (await source.NextAsync(cancellationToken) is { } line)
        {
            lock (_queue)
            {
                _unanswered.Enqueue(line);
            }

            await call.WriteAsync(line.Item, cancellationToken);
        }

        await call.CompleteAsync(cancellationToken);
    }

    private async Task ReadAsync(
        IPutCall call,
        LineSource source,
        Func<PutLine, PutRecordAnswer, Task> answered,
        Backoff backoff,
        CancellationTokenSource ending)
    {
        try
        {
            await foreach (var answer in call.AnswersAsync(ending.Token))
            {
                var line = Take(answer);
                await answered(line, answer);
                _answeredAt = time.GetTimestamp();
                backoff.Reset();
                source.Release();
            }

            if (!source.IsEnded || _unanswered.Count > 0)
            {
                throw EndedEarly();
            }
        }
        catch
        {
            await ending.CancelAsync();
            throw;
        }
    }

    private PutLine Take(PutRecordAnswer? answer)
    {
        lock (_queue)
        {
            if (answer is null || !_unanswered.TryPeek(out var line) || line.Item.Number != answer.Number)
            {
                throw NotInOrder(_unanswered.TryPeek(out var due) ? $"item {due.Item.Number}" : "nothing");
            }

            return _unanswered.Dequeue();
        }
    }

    [DoesNotReturn]
    private static async Task RethrowAsync(Task reading, Exception writing)
    {
        try
        {
            await reading;
        }
        catch (Exception reason) when (reason is OperationCanceledException
            or RpcException { StatusCode: StatusCode.Cancelled, Status.DebugException: null })
        {
            // Cancelled by this side: what the writing side met is the reason.
        }

        // Writing into a call that has ended is no fault of this program but the end of the call.
        throw writing is InvalidOperationException ? EndedEarly() : writing;
    }
}
