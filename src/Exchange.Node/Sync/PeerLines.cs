using Exchange.Node.Trust;

namespace Exchange.Node.Sync;

/// <summary>
/// Opens connections to partners: shows this node's certificate, and believes none but the partner's.
/// </summary>
internal sealed class PeerLines(PeerPins pins, TlsIdentity identity, TimeProvider time)
{
    /// <summary>Prepares calls to a partner; nothing is sent yet.</summary>
    /// <exception cref="Errors.ExchangeException">None of its certificates is pinned.</exception>
    public async Task<PeerChannel> OpenAsync(string node, string address, CancellationToken cancellationToken)
    {
        var known = await pins.AllAsync(cancellationToken);
        var now = time.GetUtcNow();
        return known.Any(pin => pin.Node == node && PeerPins.Counts(pin, now))
            ? new PeerChannel(node, address, identity.Present, known, time)
            : throw CertificateFailure.NonePinned(node).ToException();
    }
}
