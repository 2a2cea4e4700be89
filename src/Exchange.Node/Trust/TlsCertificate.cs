using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Exchange.Node.Trust;

/// <summary>A certificate with its private key, ready to be shown.</summary>
internal sealed class TlsCertificate
{
    private TlsCertificate(X509Certificate2 leaf, X509Certificate2Collection chain)
    {
        Leaf = leaf;

        // Offline: nothing is fetched from an address that a certificate names.
        Context = SslStreamCertificateContext.Create(leaf, chain, offline: true);
        KeyHash = HashOf(leaf);
    }

    public X509Certificate2 Leaf { get; }

    /// <summary>The certificate and those between it and its root.</summary>
    public SslStreamCertificateContext Context { get; }

    /// <summary>What partners know it by; see <see cref="HashOf"/>.</summary>
    public byte[] KeyHash { get; }

    /// <summary>
    /// The SHA-256 of a certificate's public key (SubjectPublicKeyInfo): it stays the same when the certificate is
    /// renewed for the same key.
    /// </summary>
    public static byte[] HashOf(X509Certificate2 certificate) =>
        SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo());

    /// <summary>Reads both files.</summary>
    /// <param name="files">Where they are.</param>
    /// <exception cref="CryptographicException">They hold no certificate, or not its key.</exception>
    public static TlsCertificate Read(TlsFiles files)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(files.Certificate);
        var leaf = X509Certificate2.CreateFromPemFile(files.Certificate, files.Key);
        if (OperatingSystem.IsWindows())
        {
            // There a key that was never stored can't be used for TLS.
            using var ephemeral = leaf;
            leaf = X509CertificateLoader.LoadPkcs12(ephemeral.Export(X509ContentType.Pkcs12), null);
        }

        return new TlsCertificate(leaf, chain);
    }
}
