using Exchange.Store;
using Exchange.V1;
using Microsoft.Extensions.Logging;

namespace Exchange.Node.Sync;

/// <summary>The right of one session to run, renewed in the store until it is disposed.</summary>
internal sealed partial class SyncTicket : IAsyncDisposable
{
    private readonly TaskCompletionSource<SyncFailure> _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _over = new();
    private readonly string _peer;
    private readonly Task _before;
    private readonly SyncLease _lease;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Action<SyncTicket> _remove;
    private ReadOnlyMemory<byte> _standing;
    private Task _renewing = Task.CompletedTask;

    /// <param name="peer">The peer.</param>
    /// <param name="before">Completes when the sessions before this one have ended.</param>
    /// <param name="lease">Where the right stands.</param>
    /// <param name="time">Says when to renew.</param>
    /// <param name="log">Told when renewing fails.</param>
    /// <param name="remove">Called once at the end.</param>
    public SyncTicket(
        string peer, Task before, SyncLease lease, TimeProvider time, ILogger log, Action<SyncTicket> remove)
    {
        _peer = peer;
        _before = before;
        _lease = lease;
        _time = time;
        _log = log;
        _remove = remove;
        Ended = Task.WhenAll(before, _done.Task);
    }

    /// <summary>A bundle is worked on, which no session interrupts.</summary>
    public bool IsBundle { get; init; }

    /// <summary>It stays open after both sides have caught up.</summary>
    public bool IsLive { get; init; }

    /// <summary>Completes when this session and all before it have ended.</summary>
    public Task Ended { get; }

    /// <summary>Completes with the reason when the session must leave.</summary>
    public Task<SyncFailure> Left => _left.Task;

    /// <summary>Asks the session to leave; the first reason counts.</summary>
    public void Leave(SyncFailure why) => _left.TrySetResult(why);

    /// <summary>Waits until the sessions before this one have ended, and takes the lease.</summary>
    /// <exception cref="Errors.ExchangeException">This session must leave already.</exception>
    public async Task StartAsync(Guid session, SyncMode mode, CancellationToken cancellationToken)
    {
        await Task.WhenAny(_before, _left.Task).WaitAsync(cancellationToken);
        if (_left.Task.IsCompleted)
        {
            throw (await _left.Task).ToException();
        }

        _standing = await _lease.TakeAsync(_peer, session, mode, cancellationToken);
        _renewing = RenewAsync(_over.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _renewing;
        try
        {
            if (_standing.Length > 0)
            {
                await _lease.ReleaseAsync(_peer, _standing, CancellationToken.None);
            }
        }
        catch (StoreException exception)
        {
            // It expires by itself.
            NotReleased(_peer, exception);
        }
        finally
        {
            _remove(this);
            _done.TrySetResult();
            _over.Dispose();
        }
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(SyncLease.RenewPeriod, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                await RenewOnceAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The session is over.
        }
    }

    private async Task RenewOnceAsync()
    {
        try
        {
            _standing = await _lease.RenewAsync(_peer, _standing, CancellationToken.None);
        }
        catch (EntryConflictException)
        {
            Leave(SyncFailure.Superseded(_peer));
        }
        catch (StoreException exception)
        {
            // Whether it was written isn't known: the next time it is either renewed or found lost.
            NotRenewed(_peer, exception);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The lease of the session with {Peer} wasn't renewed; trying again")]
    private partial void NotRenewed(string peer, Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "The lease of the session with {Peer} wasn't given back; it expires")]
    private partial void NotReleased(string peer, Exception exception);
}
