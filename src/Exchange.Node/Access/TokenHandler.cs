using System.Text.Encodings.Web;
using Exchange.Node.Audit;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Exchange.Node.Access;

/// <summary>
/// Knows callers by the token in their <c>authorization: Bearer</c> metadata; leaves those without one to
/// <see cref="CertificateHandler"/>.
/// </summary>
internal sealed class TokenHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logs,
    UrlEncoder encoder,
    RunToken runToken,
    CredentialBook book,
    FailedLogins failedLogins,
    AuditRefusals refusals,
    TimeProvider time)
    : CallerHandler(options, logs, encoder, book, failedLogins, refusals, time)
{
    public const string SchemeName = "token";

    private const string Bearer = "Bearer ";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (header.Length == 0)
        {
            return await Context.AuthenticateAsync(CertificateHandler.SchemeName);
        }

        var token = header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? header[Bearer.Length..].Trim() : "";
        return runToken.Is(token) ? Admit(Caller.Operator) : await KnowAsync(AccessToken.Hash(token));
    }
}
