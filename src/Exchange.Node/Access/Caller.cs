using System.Security.Claims;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Node.Access;

/// <summary>Who makes a call.</summary>
/// <param name="Name">What people call the credential that was shown.</param>
/// <param name="Roles">What it is for.</param>
internal sealed record Caller(string Name, IReadOnlyList<Role> Roles)
{
    /// <summary>Showed no credential, or none that this node knows.</summary>
    public static Caller Nobody { get; } = new("nobody", []) { Reach = Reach.None };

    /// <summary>Whoever runs the node on its own machine, and may read its keys anyway.</summary>
    public static Caller Operator { get; } = new("operator", RolePermissions.All);

    /// <summary>Which records it may read and write.</summary>
    public Reach Reach { get; init; } = Reach.Whole;

    /// <summary>What was shown; null for nobody and for the operator, whose token ends with the process.</summary>
    public HeldCredential? Credential { get; init; }

    /// <summary>One of the roles has the permission.</summary>
    public bool May(Permission permission) => Roles.Any(role => RolePermissions.Rows[role].Contains(permission));

    /// <summary>Who makes this call.</summary>
    public static Caller Of(ServerCallContext context) => Of(context.GetHttpContext().User);

    public static Caller Of(ClaimsPrincipal user) =>
        user.Identities.OfType<CallerIdentity>().FirstOrDefault()?.Caller ?? Nobody;

    /// <summary>What the framework calls a user.</summary>
    public ClaimsPrincipal ToUser(string scheme) => new(new CallerIdentity(this, scheme));

    private sealed class CallerIdentity(Caller caller, string scheme) : ClaimsIdentity(scheme)
    {
        public Caller Caller { get; } = caller;
    }
}
