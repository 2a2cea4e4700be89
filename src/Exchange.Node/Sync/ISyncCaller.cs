using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>Calls a partner. Its own interface, so that schedules are tested without sockets.</summary>
internal interface ISyncCaller
{
    /// <summary>Runs one session to its end.</summary>
    /// <exception cref="Errors.ExchangeException">It failed.</exception>
    Task<SyncSummary> RunAsync(SyncPeer peer, SyncMode mode, CancellationToken cancellationToken);
}
