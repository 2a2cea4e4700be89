using System.Text.Encodings.Web;
using Exchange.Node.Audit;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Exchange.Node.Access;

/// <summary>What the two ways to be known share: who was found, whether it is still good, and what is logged.</summary>
internal abstract partial class CallerHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logs,
    UrlEncoder encoder,
    CredentialBook book,
    FailedLogins failedLogins,
    AuditRefusals refusals,
    TimeProvider time)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logs, encoder)
{
    /// <summary>Lets a caller in by what proves it, if that is known and still good.</summary>
    protected async Task<AuthenticateResult> KnowAsync(ReadOnlyMemory<byte> hash)
    {
        var held = await book.FindAsync(hash, Context.RequestAborted);
        if (held is null)
        {
            return await RefuseAsync("unknown", "nobody");
        }

        if (held.FaultAt(time.GetUtcNow()) is { } fault)
        {
            return await RefuseAsync(fault, held.Told.Name);
        }

        book.Use(held);
        return Admit(held.Caller);
    }

    /// <summary>Lets a caller in.</summary>
    protected AuthenticateResult Admit(Caller caller) =>
        AuthenticateResult.Success(new AuthenticationTicket(caller.ToUser(Scheme.Name), Scheme.Name));

    private async Task<AuthenticateResult> RefuseAsync(string fault, string name)
    {
        var address = Context.Connection.RemoteIpAddress?.ToString() ?? "an unknown address";
        if (failedLogins.Note(address) is { } wait)
        {
            return AuthenticateResult.Fail(new LoginRefusedException(fault) { RetryAfter = wait });
        }

        var rpc = PermissionTable.RpcOf(Request.Path);
        Refused(Logger, address, rpc, fault, name);
        await refusals.LoginFailedAsync(name, rpc, fault, address);
        return AuthenticateResult.Fail(new LoginRefusedException(fault));
    }

    // What was shown stays out of it, also when it is wrong: it may be right elsewhere.
    [LoggerMessage(1, LogLevel.Warning,
        "A call from {Address} to '{Rpc}' was refused: its credential is {Fault} (that of {Name})")]
    private static partial void Refused(ILogger log, string address, string rpc, string fault, string name);
}
