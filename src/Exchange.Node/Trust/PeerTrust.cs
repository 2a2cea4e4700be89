using System.Security.Cryptography.X509Certificates;
using Exchange.Node.Sync;
using Exchange.V1;

namespace Exchange.Node.Trust;

/// <summary>
/// Whether a certificate proves that somebody is a certain partner. The same for both ends of a call.
/// </summary>
internal static class PeerTrust
{
    /// <summary>Returns why not; null when it does.</summary>
    /// <param name="node">The partner; null for whichever the certificate belongs to.</param>
    /// <param name="shown">The certificate, whose key the other end has proved to hold.</param>
    /// <param name="pins">The pinned certificates of all partners.</param>
    /// <param name="now">The moment.</param>
    /// <param name="owner">The partner that it belongs to; empty when it is nobody's.</param>
    public static SyncFailure? FaultOf(
        string? node,
        X509Certificate2 shown,
        IReadOnlyList<PeerCertificate> pins,
        DateTimeOffset now,
        out string owner)
    {
        var hash = TlsCertificate.HashOf(shown);
        var pin = pins.FirstOrDefault(pin => pin.KeyHash.Span.SequenceEqual(hash) && PeerPins.Counts(pin, now));
        owner = pin?.Node ?? "";
        if (pin is null)
        {
            return CertificateFailure.Unknown(node ?? "", hash);
        }

        if (node is not null && node != owner)
        {
            return CertificateFailure.Foreign(node, owner);
        }

        return now < shown.NotBefore || now > shown.NotAfter ? CertificateFailure.Expired(owner, shown) : null;
    }
}
