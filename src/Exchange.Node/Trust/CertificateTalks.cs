using Exchange.Node.Sync;
using Exchange.V1;
using Microsoft.Extensions.Logging;

namespace Exchange.Node.Trust;

/// <summary>
/// What nodes tell each other of their certificates in Hello, so that a roll-over needs no telephone.
/// </summary>
internal sealed partial class CertificateTalks(
    PeerPins pins, TlsRoll roll, TimeProvider time, ILogger<CertificateTalks> log)
{
    /// <summary>What this node says to a partner.</summary>
    public async Task<CertificateTalk> SayAsync(string peer, CancellationToken cancellationToken) => new()
    {
        Next = await roll.NextCardAsync(cancellationToken),
        HeldKeyHashes = { (await pins.OfAsync(peer, cancellationToken)).Select(pin => pin.KeyHash) },
    };

    /// <summary>
    /// Takes what a partner says. Its next certificate is believed because the identity key that the agreement names
    /// has
    /// signed it: an operator has confirmed that key.
    /// </summary>
    public async Task HeardAsync(SyncPeer peer, CertificateTalk? said, CancellationToken cancellationToken)
    {
        if (said is null)
        {
            return;
        }

        if (said.Next is { } card)
        {
            await TakeAsync(peer, card, cancellationToken);
        }

        await roll.HeldAsync(peer.Node, said.HeldKeyHashes, cancellationToken);
    }

    private async Task TakeAsync(SyncPeer peer, PeerCard card, CancellationToken cancellationToken)
    {
        var key = peer.Versions[^1].Party(peer.Node)!.PublicKey;
        var fault = card.Node == peer.Node && card.PublicKey.Equals(key)
            ? PeerCards.FaultOf(card, time.GetUtcNow())?.Description
            : "It isn't signed with the identity key that the agreement names.";
        if (fault is not null)
        {
            NotTaken(peer.Node, fault);
            return;
        }

        try
        {
            await pins.PinAsync(card, PinOrigin.Announced, cancellationToken);
        }
        catch (Errors.ExchangeException refused)
        {
            NotTaken(peer.Node, refused.Message);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The next certificate that {Peer} announces can't be taken: {Fault}")]
    private partial void NotTaken(string peer, string fault);
}
