using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Exchange.Node.Access;

/// <summary>Knows callers by the token in their <c>authorization: Bearer</c> metadata.</summary>
internal sealed partial class TokenHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logs, UrlEncoder encoder, RunToken runToken)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logs, encoder)
{
    public const string SchemeName = "token";

    private const string Bearer = "Bearer ";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (header.Length == 0)
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        if (header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            && runToken.Is(header[Bearer.Length..].Trim()))
        {
            return Task.FromResult(AuthenticateResult.Success(
                new AuthenticationTicket(Caller.Operator.ToUser(Scheme.Name), Scheme.Name)));
        }

        Refused(Logger, Context.Connection.RemoteIpAddress?.ToString() ?? "an unknown address", Request.Path);
        return Task.FromResult(AuthenticateResult.Fail("unknown"));
    }

    // The token stays out of it, also a wrong one: it may be right elsewhere.
    [LoggerMessage(1, LogLevel.Warning, "A call from {Address} to {Path} showed a token that isn't known")]
    private static partial void Refused(ILogger log, string address, string path);
}
