using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Exchange.Node.Trust;

/// <summary>Makes TLS keys on P-256, and certificates and signing requests for them.</summary>
internal static class TlsMaker
{
    /// <summary>How long a self-made certificate is good.</summary>
    public static readonly TimeSpan Validity = TimeSpan.FromDays(3 * 365);

    // A partner's clock may be behind.
    private static readonly TimeSpan Leeway = TimeSpan.FromDays(1);

    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const int SerialLength = 16;

    /// <summary>Makes a key in PEM.</summary>
    public static string NewKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKeyPem() + "\n";
    }

    /// <summary>Makes a certificate in PEM that its own key has signed.</summary>
    /// <param name="keyPem">The private key.</param>
    /// <param name="node">The node's id.</param>
    /// <param name="host">The name or IP address under which it is called.</param>
    /// <param name="now">When it begins to be good.</param>
    /// <param name="validity">How long it is; null for <see cref="Validity"/>.</param>
    public static string SelfMade(
        string keyPem, string node, string host, DateTimeOffset now, TimeSpan? validity = null)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(keyPem);
        var subject = Subject(node);
        var request = Request(subject, node, host, key);
        var serial = RandomNumberGenerator.GetBytes(SerialLength);

        // Positive, and of a length that everybody takes.
        serial[0] = (byte)((serial[0] & 0x7F) | 0x40);
        using var certificate = request.Create(
            subject, X509SignatureGenerator.CreateForECDsa(key), now - Leeway, now + (validity ?? Validity), serial);
        return certificate.ExportCertificatePem() + "\n";
    }

    /// <summary>Makes a signing request in PEM for a CA.</summary>
    public static string SigningRequest(string keyPem, string node, string host)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(keyPem);
        return Request(Subject(node), node, host, key).CreateSigningRequestPem() + "\n";
    }

    private static X500DistinguishedName Subject(string node) => new($"CN={node}");

    private static CertificateRequest Request(X500DistinguishedName subject, string node, string host, ECDsa key)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: false, false, 0, critical: true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [new Oid(ServerAuthentication), new Oid(ClientAuthentication)], critical: false));
        request.CertificateExtensions.Add(Names(node, host));
        return request;
    }

    private static X509Extension Names(string node, string host)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(node);
        if (!IPAddress.TryParse(host.Trim('[', ']'), out var address))
        {
            names.AddDnsName(host);
        }
        else if (!address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any))
        {
            names.AddIpAddress(address);
        }

        return names.Build();
    }
}
