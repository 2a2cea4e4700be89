using System.Text;
using Exchange.Node.Audit;
using Exchange.Node.Errors;
using Grpc.Core;

namespace Exchange.Node.Access;

/// <summary>
/// Checks what callers say they need to see personal data in the clear for, and notes in the audit chain whom it
/// refuses.
/// </summary>
internal sealed class UnmaskPurposes(AuditRefusals audit)
{
    private const int MaxLength = 200;
    private const string Field = "unmask_purpose";

    /// <summary>Checks a purpose and that the caller may have one; an empty one asks for masked data.</summary>
    /// <exception cref="ExchangeException">It may not, or the purpose can't stand in the audit chain.</exception>
    public Task CheckAsync(string purpose, ServerCallContext context) =>
        purpose.Length > 0 ? RequireAsync(purpose, context, Field) : Task.CompletedTask;

    /// <summary>Checks a purpose that must be there, and that the caller may have one.</summary>
    /// <param name="purpose">What the caller says.</param>
    /// <param name="context">The call.</param>
    /// <param name="field">The field that says it.</param>
    /// <exception cref="ExchangeException">It is missing, may not be, or can't stand in the audit chain.</exception>
    public async Task RequireAsync(string purpose, ServerCallContext context, string field)
    {
        var caller = Caller.Of(context);
        var rpc = PermissionTable.RpcOf(context.Method);
        if (!caller.May(Permission.Unmask))
        {
            await audit.AccessDeniedAsync(caller, rpc, Permission.Unmask);
            throw AccessRefusals.Forbidden(caller, Permission.Unmask, context.Method);
        }

        if (FaultOf(purpose) is { } fault)
        {
            await audit.PurposeRefusedAsync(caller, rpc, field);
            throw ExchangeException.Invalid(field, fault);
        }
    }

    private static string? FaultOf(string purpose) =>
        string.IsNullOrWhiteSpace(purpose) || purpose.EnumerateRunes().Count() > MaxLength
            || purpose.EnumerateRunes().Any(Rune.IsControl)
            ? $"Say in one line of at most {MaxLength} characters what the data is needed for."
        : PersonalNumbers.StandIn(purpose)
            ? "It holds a long number. It is kept in the audit chain: name no person in it, only the reason."
        : null;
}
