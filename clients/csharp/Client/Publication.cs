using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Client;

/// <summary>Publishes items with a window of unanswered ones; goes on from the last answer when it is cut.</summary>
internal sealed class Publication(
    VacancyService.VacancyServiceClient client,
    OpenStream open,
    Func<ulong, IAsyncEnumerable<PublishVacancyItem>> itemsAfter,
    Func<PublishVacancyItem, PutRecordAnswer, Task> onAnswer,
    Backoff backoff) : IDisposable
{
    private const int Window = 500;

    private readonly Queue<PublishVacancyItem> _unanswered = new();
    private readonly Lock _queue = new();
    private readonly SemaphoreSlim _room = new(Window);

    // What the caller gives, over all calls: its source may wait for the next vacancy while a call is cut.
    private readonly Channel<PublishVacancyItem> _items = Channel.CreateBounded<PublishVacancyItem>(1);
    private Task? _pulling;
    private ExceptionDispatchInfo? _failure; // what the caller's source failed with

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            while (true)
            {
                try
                {
                    if (await RunCallAsync(ending.Token))
                    {
                        _failure?.Throw();
                        return;
                    }

                    await backoff.WaitAsync(TimeSpan.Zero, cancellationToken);
                }
                catch (RpcException exception)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var error = ExchangeException.Of(exception);
                    if (error.Code != StatusCode.Unavailable
                        || !await backoff.WaitAsync(error.RetryDelay, cancellationToken))
                    {
                        throw error;
                    }
                }
            }
        }
        finally
        {
            await ending.CancelAsync();
        }
    }

    public void Dispose() => _room.Dispose();

    private async Task<bool> RunCallAsync(CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var call = client.PublishVacancies(cancellationToken: ending.Token);
        var sending = Task.CompletedTask;
        try
        {
            // What sending fails with, receiving tells.
            await TrySendAsync(call, new PublishVacanciesRequest { Open = open });
            while (await call.ResponseStream.MoveNext(ending.Token))
            {
                backoff.Reset();
                var response = call.ResponseStream.Current;
                if (response.Opened is { } opened)
                {
                    _pulling ??= PullAsync(opened.LastNumber, cancellationToken);
                    sending = SendAsync(call, ending.Token);
                }
                else
                {
                    await AnsweredAsync(response.Answer);
                }
            }
        }
        finally
        {
            await ending.CancelAsync();
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // The node may end a call in good order before every item was answered: it is going to stop.
        return _items.Reader.Completion.IsCompleted && _unanswered.Count == 0;
    }

    private async Task PullAsync(ulong number, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var item in itemsAfter(number).WithCancellation(cancellationToken))
            {
                item.Number = ++number;
                await _items.Writer.WriteAsync(item, cancellationToken);
            }
        }
        catch (Exception failure)
        {
            _failure = ExceptionDispatchInfo.Capture(failure);
        }
        finally
        {
            _items.Writer.Complete();
        }
    }

    private async Task SendAsync(
        AsyncDuplexStreamingCall<PublishVacanciesRequest, PublishVacanciesResponse> call,
        CancellationToken cancellationToken)
    {
        PublishVacancyItem[] again;
        lock (_queue)
        {
            again = [.. _unanswered];
        }

        foreach (var item in again)
        {
            if (!await TrySendAsync(call, new PublishVacanciesRequest { Item = item }))
            {
                return;
            }
        }

        while (await _items.Reader.WaitToReadAsync(cancellationToken))
        {
            await _room.WaitAsync(cancellationToken);
            if (!_items.Reader.TryRead(out var item))
            {
                _room.Release();
                continue;
            }

            lock (_queue)
            {
                _unanswered.Enqueue(item);
            }

            if (!await TrySendAsync(call, new PublishVacanciesRequest { Item = item }))
            {
                return;
            }
        }

        await call.RequestStream.CompleteAsync();
    }

    private static async Task<bool> TrySendAsync(
        AsyncDuplexStreamingCall<PublishVacanciesRequest, PublishVacanciesResponse> call,
        PublishVacanciesRequest request)
    {
        try
        {
            await call.RequestStream.WriteAsync(request);
            return true;
        }
        catch (Exception exception) when (exception is RpcException or InvalidOperationException or IOException)
        {
            return false;
        }
    }

    private async Task AnsweredAsync(PutRecordAnswer answer)
    {
        PublishVacancyItem? item;
        lock (_queue)
        {
            _unanswered.TryPeek(out item);
        }

        if (item?.Number != answer.Number)
        {
            throw new RpcException(new Status(
                StatusCode.Internal, $"Item {item?.Number} was due, {answer.Number} was answered."));
        }

        await onAnswer(item, answer);
        lock (_queue)
        {
            _unanswered.Dequeue();
        }

        _room.Release();
    }
}
