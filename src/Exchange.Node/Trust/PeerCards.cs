using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.Trust;

/// <summary>Makes this node's card, and reads those of others.</summary>
internal static class PeerCards
{
    private static readonly byte[] Purpose = "exchange peer card v1\n"u8.ToArray();

    /// <summary>A card with one of this node's certificates.</summary>
    public static PeerCard Make(NodeIdentity identity, NodeKeys keys, X509Certificate2 certificate)
    {
        var card = new PeerCard
        {
            Node = identity.Id,
            Name = identity.Name,
            PublicKey = ByteString.CopyFrom(keys.PublicKey),
            Certificate = ByteString.CopyFrom(certificate.RawData),
        };
        card.Signature = ByteString.CopyFrom(keys.Sign(Signed(card)));
        return card;
    }

    /// <summary>What keeps a card from being believed, with the field; null when nothing does.</summary>
    public static FieldViolation? FaultOf(PeerCard card, DateTimeOffset now)
    {
        if (!NodeIds.IsValid(card.Node))
        {
            return new FieldViolation("card.node", "It must be the id of a node.");
        }

        if (!IsSigned(card))
        {
            return new FieldViolation(
                "card.signature", "The card's own identity key hasn't signed it. Have the partner send it again.");
        }

        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(card.Certificate.Span);
            return TlsRules.FaultsOf(certificate, now).FirstOrDefault() is { } fault
                ? new FieldViolation("card.certificate", $"The partner's certificate {fault}")
                : null;
        }
        catch (CryptographicException)
        {
            return new FieldViolation("card.certificate", "It must be an X.509 certificate.");
        }
    }

    private static bool IsSigned(PeerCard card)
    {
        try
        {
            return NodeKeys.Verify(card.PublicKey.ToByteArray(), Signed(card), card.Signature.Span);
        }
        catch (CryptographicException)
        {
            // No key, or none of the kind that signs.
            return false;
        }
    }

    private static byte[] Signed(PeerCard card)
    {
        var unsigned = card.Clone();
        unsigned.Signature = ByteString.Empty;
        return [.. Purpose, .. unsigned.ToByteArray()];
    }
}
