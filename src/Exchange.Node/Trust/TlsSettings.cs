using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Exchange.Node.Trust;

/// <summary>How this node speaks TLS: 1.2 and 1.3 alone, with suites that encrypt and authenticate at once.</summary>
internal static class TlsSettings
{
    private const SslProtocols Protocols = SslProtocols.Tls12 | SslProtocols.Tls13;

    private static readonly TlsCipherSuite[] Authenticating =
    [
        TlsCipherSuite.TLS_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ];

    // Windows decides for itself, by the policy of the machine.
    private static readonly CipherSuitesPolicy? Suites = OperatingSystem.IsLinux() || OperatingSystem.IsMacOS()
        ? new CipherSuitesPolicy(Authenticating)
        : null;

    /// <summary>
    /// The called side. It asks for a certificate and lets whoever shows one or none shake hands, which proves no more
    /// than that the caller has its key; who the caller is and what it may is decided call by call, where a refusal
    /// can say why.
    /// </summary>
    public static SslServerAuthenticationOptions Server(TlsCertificate own) => new()
    {
        ServerCertificateContext = own.Context,
        EnabledSslProtocols = Protocols,
        CipherSuitesPolicy = Suites,
        ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
        AllowRenegotiation = false,

        // A resumed session would show the certificate of the handshake before.
        AllowTlsResume = false,
        ClientCertificateRequired = true,
        CertificateChainPolicy = Offline(),
#pragma warning disable CA5359 // Whoever shakes hands is nobody yet: see the summary.
        RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
    };

    /// <summary>The calling side.</summary>
    /// <param name="own">What it shows; null for none.</param>
    /// <param name="isTrusted">Whether what the called side shows is what it must show.</param>
    public static SslClientAuthenticationOptions Client(TlsCertificate? own, Func<X509Certificate2, bool> isTrusted)
    {
        return new SslClientAuthenticationOptions
        {
            ClientCertificateContext = own?.Context,
            EnabledSslProtocols = Protocols,
            CipherSuitesPolicy = Suites,
            AllowRenegotiation = false,
            AllowTlsResume = false,
            CertificateChainPolicy = Offline(),
            RemoteCertificateValidationCallback =
                (_, shown, _, _) => shown is X509Certificate2 leaf && isTrusted(leaf),
        };
    }

    // Nothing is fetched from an address that a stranger's certificate names.
    private static X509ChainPolicy Offline() => new()
    {
        DisableCertificateDownloads = true,
        RevocationMode = X509RevocationMode.NoCheck,
        TrustMode = X509ChainTrustMode.CustomRootTrust,
    };
}
