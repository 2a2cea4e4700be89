using Exchange.V1;
using Microsoft.Extensions.Logging;

namespace Exchange.Node.Sync;

/// <summary>
/// Sees to it that one session a peer runs. A newer one supersedes an older one: a peer calls again because it knows
/// that the old stream is dead, often before this side does. The newer one begins after the older one's last commit.
/// </summary>
internal sealed class SyncSessions(SyncLease lease, TimeProvider time, ILogger<SyncTicket> log)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SyncTicket> _running = new(StringComparer.Ordinal);
    private SyncFailure? _closed;

    /// <summary>Makes an older session leave, waits for its last commit and takes its place.</summary>
    /// <exception cref="Errors.ExchangeException">
    /// A still newer session came, a bundle is worked on, or the node is being stopped.
    /// </exception>
    public Task<SyncTicket> EnterAsync(
        string peer, Guid session, SyncMode mode, CancellationToken cancellationToken) =>
        EnterAsync(peer, session, mode, isBundle: false, cancellationToken);

    /// <summary>
    /// Takes the place of a session for work on a bundle. Interrupts none, and isn't interrupted: a session that is
    /// refused comes again, and a person who carries a file doesn't.
    /// </summary>
    /// <exception cref="Errors.ExchangeException">
    /// A session runs, another bundle is worked on, or the node is being stopped.
    /// </exception>
    public Task<SyncTicket> EnterWithBundleAsync(string peer, Guid bundle, CancellationToken cancellationToken) =>
        EnterAsync(peer, bundle, SyncMode.Unspecified, isBundle: true, cancellationToken);

    /// <summary>Whether a session with the peer runs in this process.</summary>
    public bool IsRunning(string peer)
    {
        lock (_lock)
        {
            return _running.ContainsKey(peer);
        }
    }

    /// <summary>Makes the session with a peer leave, if one runs in this process.</summary>
    public void Leave(string peer, SyncFailure why)
    {
        lock (_lock)
        {
            _running.GetValueOrDefault(peer)?.Leave(why);
        }
    }

    /// <summary>The same, but only with a session that would stay open by itself.</summary>
    public void LeaveLive(string peer, SyncFailure why)
    {
        lock (_lock)
        {
            if (_running.GetValueOrDefault(peer) is { IsLive: true } live)
            {
                live.Leave(why);
            }
        }
    }

    /// <summary>Completes once no session with the peer runs in this process.</summary>
    public async Task IdleAsync(string peer, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task? ended;
            lock (_lock)
            {
                ended = _running.GetValueOrDefault(peer)?.Ended;
            }

            if (ended is null)
            {
                return;
            }

            await ended.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Makes every session leave and lets no other begin.</summary>
    public void Close(SyncFailure why)
    {
        lock (_lock)
        {
            _closed = why;
            foreach (var ticket in _running.Values)
            {
                ticket.Leave(why);
            }
        }
    }

    private async Task<SyncTicket> EnterAsync(
        string peer, Guid session, SyncMode mode, bool isBundle, CancellationToken cancellationToken)
    {
        SyncTicket ticket;
        lock (_lock)
        {
            if (_closed is { } closed)
            {
                throw closed.ToException();
            }

            var older = _running.GetValueOrDefault(peer);
            if (older is not null && (isBundle || older.IsBundle))
            {
                throw SyncFailure.Busy(peer, older.IsBundle).ToException();
            }

            older?.Leave(SyncFailure.Superseded(peer));
            ticket = new SyncTicket(
                peer, older?.Ended ?? Task.CompletedTask, lease, time, log, ended => Remove(peer, ended))
            {
                IsBundle = isBundle,
                IsLive = mode == SyncMode.Live,
            };
            _running[peer] = ticket;
        }

        try
        {
            await ticket.StartAsync(session, mode, cancellationToken);
            return ticket;
        }
        catch
        {
            await ticket.DisposeAsync();
            throw;
        }
    }

    private void Remove(string peer, SyncTicket ended)
    {
        lock (_lock)
        {
            if (_running.GetValueOrDefault(peer) == ended)
            {
                _running.Remove(peer);
            }
        }
    }
}
