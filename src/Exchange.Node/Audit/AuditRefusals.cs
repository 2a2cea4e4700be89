using Exchange.Node.Access;
using Exchange.Store;
using Exchange.V1;
using Microsoft.Extensions.Logging;

namespace Exchange.Node.Audit;

/// <summary>Notes who was turned away at the door, where no call has begun yet.</summary>
internal sealed partial class AuditRefusals(AuditTrail trail, ILogger<AuditRefusals> log)
{
    /// <summary>Notes that somebody came with a credential that isn't good.</summary>
    /// <param name="name">What the credential is called, or <c>nobody</c>.</param>
    /// <param name="rpc">What was called.</param>
    /// <param name="fault">What is wrong with the credential.</param>
    /// <param name="address">Where the call came from.</param>
    public Task LoginFailedAsync(string name, string rpc, string fault, string address) => NoteAsync(
        new AuditActor { Kind = AuditActorKind.Local, Name = name },
        rpc,
        AuditAction.LoginFailed,
        $"{fault}, from {address}");

    /// <summary>Notes that a caller asked for what none of its roles permits.</summary>
    public Task AccessDeniedAsync(Caller caller, string rpc, Permission needed) =>
        NoteAsync(ActorOf(caller), rpc, AuditAction.AccessDenied, $"needs {needed}");

    /// <summary>
    /// Notes that a caller gave a purpose that says nothing or too much; its words aren't kept, because they may name
    /// somebody.
    /// </summary>
    public Task PurposeRefusedAsync(Caller caller, string rpc, string field) =>
        NoteAsync(ActorOf(caller), rpc, AuditAction.AccessDenied, $"{field} is no purpose");

    private static AuditActor ActorOf(Caller caller) => new()
    {
        Kind = AuditActorKind.Local,
        Name = caller.Name,
        Roles = { caller.Roles.Select(RolePermissions.NameOf).Order(StringComparer.Ordinal) },
    };

    private async Task NoteAsync(AuditActor actor, string rpc, AuditAction action, string detail)
    {
        var draft = new AuditDraft(new AuditContext { Actor = actor, Method = rpc }, action)
        {
            Outcome = AuditOutcome.Refused,
            Detail = detail,
        };
        try
        {
            // Not cut off with the call: whoever tries and leaves has tried.
            await trail.WriteAsync(draft, CancellationToken.None);
        }
        catch (Exception lost) when (lost is StoreException or ObjectDisposedException)
        {
            // Turned away all the same.
            NotNoted(log, action, lost);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "{Action} could not be noted in the audit chain")]
    private static partial void NotNoted(ILogger log, AuditAction action, Exception exception);
}
