namespace Exchange.Node.Sync;

/// <summary>
/// The one place that decides which node a caller is. Until certificates are pinned in agreements, whoever reaches the
/// port and names a partner is believed; with them, the certificate must be that partner's.
/// </summary>
internal sealed class Callers(PeerLoader loader)
{
    /// <summary>The partner that a caller says it is.</summary>
    /// <exception cref="Errors.ExchangeException">It is none.</exception>
    public Task<SyncPeer> AdmitAsync(string node, CancellationToken cancellationToken) =>
        loader.FindAsync(node, cancellationToken);
}
