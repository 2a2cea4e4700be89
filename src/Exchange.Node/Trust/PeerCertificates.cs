using Exchange.V1;

namespace Exchange.Node.Trust;

/// <summary>How partners stand with certificates, for operators.</summary>
internal sealed class PeerCertificates(PeerPins pins, TlsRoll roll, TimeProvider time)
{
    /// <summary>Adds it to what is told of each partner.</summary>
    public async Task CompleteAsync(IEnumerable<PeerStatus> peers, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var good = (await pins.AllAsync(cancellationToken))
            .Where(pin => PeerPins.IsGood(pin, now))
            .ToLookup(pin => pin.Node, StringComparer.Ordinal);
        var waiting = await roll.WaitingForAsync(cancellationToken);
        foreach (var peer in peers)
        {
            peer.PinnedCertificateCount = (uint)good[peer.Node].Count();
            peer.PinnedUntilTime = good[peer.Node].Max(pin => pin.ValidToTime);
            peer.LacksNextCertificate = waiting.Contains(peer.Node);
        }
    }
}
