using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>Calls a partner. Its own interface, so that schedules are tested without sockets.</summary>
internal interface ISyncCaller
{
    /// <summary>Runs one session to its end.</summary>
    /// <param name="peer">The partner.</param>
    /// <param name="mode">Nightly or live.</param>
    /// <param name="verify">Digests are counted anew before they are compared.</param>
    /// <param name="cancellationToken">Cuts the session.</param>
    /// <exception cref="Errors.ExchangeException">It failed.</exception>
    Task<SyncSummary> RunAsync(SyncPeer peer, SyncMode mode, bool verify, CancellationToken cancellationToken);
}
