using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Encodings.Web;
using Exchange.Node.Audit;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Exchange.Node.Access;

/// <summary>
/// Knows callers by the key of the client certificate with which they connected. The handshake proved that they have
/// the key; who made the certificate, and until when it holds, says nothing here: the credential does.
/// </summary>
internal sealed class CertificateHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logs,
    UrlEncoder encoder,
    CredentialBook book,
    FailedLogins failedLogins,
    AuditRefusals refusals,
    TimeProvider time)
    : CallerHandler(options, logs, encoder, book, failedLogins, refusals, time)
{
    public const string SchemeName = "certificate";

    /// <summary>By what a certificate is known and kept: its key, so that it can be renewed.</summary>
    public static byte[] FingerprintOf(X509Certificate2 certificate) =>
        SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo());

    // A partner's certificate is looked at by what it calls, and is no failed login here.
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync() =>
        Context.Connection.ClientCertificate is { } certificate && !PermissionTable.IsForPartners(Request.Path)
            ? await KnowAsync(FingerprintOf(certificate))
            : AuthenticateResult.NoResult();
}
