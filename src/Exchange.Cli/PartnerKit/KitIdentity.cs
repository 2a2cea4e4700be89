using Exchange.Node.Agreements;
using Exchange.Node.Trust;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Cli.PartnerKit;

/// <summary>Who checks whom, and under what.</summary>
/// <param name="Node">The test node.</param>
/// <param name="PartnerCard">The partner's card: its id, keys and certificate.</param>
/// <param name="Agreement">What both hold.</param>
/// <param name="Next">The version after it, which both hold too.</param>
/// <param name="Keys">The test node's keys.</param>
/// <param name="Certificate">What it shows.</param>
internal sealed record KitIdentity(
    string Node, PeerCard PartnerCard, Agreement Agreement, Agreement Next, NodeKeys Keys, TlsCertificate Certificate)
    : IDisposable
{
    /// <summary>The partner's node id.</summary>
    public string Partner => PartnerCard.Node;

    /// <summary>The key of digest items, as sync.md says how to make it.</summary>
    public byte[] DigestKey { get; } = Keys.Share(
        PartnerCard.PublicKey.ToByteArray(), "exchange digest key v1\n" + Agreement.Id);

    /// <summary>The SHA-256 of an agreement, as Hello carries it.</summary>
    public static ByteString DigestOf(Agreement agreement) => AgreementTerms.DigestOf(agreement);

    public void Dispose() => Keys.Dispose();
}
