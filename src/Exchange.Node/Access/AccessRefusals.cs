using System.Globalization;
using Exchange.Node.Audit;
using Exchange.Node.Errors;
using Exchange.Node.JsonDoor;
using Exchange.V1;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;

namespace Exchange.Node.Access;

/// <summary>Tells a caller that is turned away why, as a gRPC status with details.</summary>
internal sealed class AccessRefusals(AuditRefusals audit) : IAuthorizationMiddlewareResultHandler
{
    private const string GrpcContent = "application/grpc";

    public async Task HandleAsync(
        RequestDelegate next,
        HttpContext context,
        AuthorizationPolicy policy,
        PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded)
        {
            await next(context);
            return;
        }

        if (!authorizeResult.Forbidden)
        {
            await AnswerAsync(context, Unauthenticated(context, await context.AuthenticateAsync()));
            return;
        }

        var caller = Caller.Of(context.User);
        var needed = policy.Requirements.OfType<PermissionRequirement>().Single().Permission;
        await audit.AccessDeniedAsync(caller, PermissionTable.RpcOf(context.Request.Path), needed);
        await AnswerAsync(context, Forbidden(caller, needed, context.Request.Path.ToString()));
    }

    /// <summary>Answers a call that no handler sees.</summary>
    public static async Task AnswerAsync(HttpContext context, ExchangeException error)
    {
        if (!IsGrpc(context.Request))
        {
            await JsonAnswers.FailAsync(context, ErrorStatus.ToStatus(error));
            return;
        }

        // A gRPC answer that has nothing but a status carries it in its headers.
        var status = ErrorStatus.ToStatus(error);
        context.Response.StatusCode = StatusCodes.Status200OK;
        context.Response.ContentType = GrpcContent;
        context.Response.Headers["grpc-status"] = ((int)error.Code).ToString(CultureInfo.InvariantCulture);
        context.Response.Headers["grpc-message"] = Uri.EscapeDataString(error.Message);
        context.Response.Headers[ErrorStatus.DetailsTrailer] = Convert.ToBase64String(status.ToByteArray());
    }

    /// <summary>Whether a call came as gRPC, and not as JSON.</summary>
    public static bool IsGrpc(HttpRequest request) =>
        request.ContentType?.StartsWith(GrpcContent, StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>The error of a credential that isn't good, or not any more.</summary>
    /// <param name="fault"><c>unknown</c>, <c>expired</c> or <c>revoked</c>.</param>
    public static ExchangeException Refused(string fault) => new(
        StatusCode.Unauthenticated,
        ErrorReason.CredentialsInvalid,
        $"The credential isn't good here: it is {fault}. Ask whoever runs this node for another.",
        ("cause", fault));

    private static ExchangeException Unauthenticated(HttpContext context, AuthenticateResult shown) =>
        shown.Failure switch
        {
            null => new ExchangeException(
                StatusCode.Unauthenticated,
                ErrorReason.CredentialsMissing,
                "This call needs a credential. Send a token as 'authorization: Bearer TOKEN' metadata; with the "
                + "program, use --data on the node's own machine, or --token-file.",
                ("method", context.Request.Path.ToString())),
            LoginRefusedException { RetryAfter: { } wait } => CallLimits.TooMany("failed logins", wait),
            var refused => Refused(refused.Message),
        };

    /// <summary>The error of a caller whom no role permits something.</summary>
    public static ExchangeException Forbidden(Caller caller, Permission needed, string method)
    {
        var roles = string.Join(", ", RolePermissions.With(needed).Select(RolePermissions.NameOf));
        return new ExchangeException(
            StatusCode.PermissionDenied,
            ErrorReason.PermissionMissing,
            $"'{caller.Name}' may not call this: it needs the permission {needed}, which these roles have: {roles}.",
            ("method", method),
            ("permission", needed.ToString()),
            ("roles", roles));
    }
}
