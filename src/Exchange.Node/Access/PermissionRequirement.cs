using Microsoft.AspNetCore.Authorization;

namespace Exchange.Node.Access;

/// <summary>What the framework asks of a call before its handler sees it.</summary>
internal sealed class PermissionRequirement(Permission permission) : IAuthorizationRequirement
{
    public Permission Permission { get; } = permission;

    /// <summary>Asks whether the caller has the permission.</summary>
    internal sealed class Handler : AuthorizationHandler<PermissionRequirement>
    {
        protected override Task HandleRequirementAsync(
            AuthorizationHandlerContext context, PermissionRequirement requirement)
        {
            if (requirement.Permission is Permission.Known || Caller.Of(context.User).May(requirement.Permission))
            {
                context.Succeed(requirement);
            }

            return Task.CompletedTask;
        }
    }
}
