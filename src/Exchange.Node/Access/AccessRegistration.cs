using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Exchange.Node.Access;

/// <summary>Puts together who may call what.</summary>
internal static class AccessRegistration
{
    public static void AddAccessOptions(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<AccessOptions>, AccessOptionsValidator>();
        services.AddOptions<AccessOptions>().BindConfiguration(AccessOptions.Section).ValidateOnStart();
    }

    public static void AddAccess(this IServiceCollection services)
    {
        services.AddSingleton<RunToken>();
        services.AddSingleton<ConnectionLimit>();
        services.AddSingleton<CredentialDraft>();
        services.AddSingleton<FailedLogins>();
        services.AddSingleton<RecordReach>();
        services.AddSingleton<UnmaskPurposes>();
        services.AddSingleton<CredentialBook>();
        services.AddHostedService(provider => provider.GetRequiredService<CredentialBook>());

        // Not AddAuthentication: that one also keeps keys for cookies, in a folder of the account that runs the node.
        services.AddAuthenticationCore(authentication =>
        {
            authentication.DefaultScheme = TokenHandler.SchemeName;
            authentication.AddScheme<TokenHandler>(TokenHandler.SchemeName, displayName: null);
            authentication.AddScheme<CertificateHandler>(CertificateHandler.SchemeName, displayName: null);
        });
        services.AddWebEncoders();
        services.AddTransient<TokenHandler>();
        services.AddTransient<CertificateHandler>();
        services.AddSingleton<IAuthorizationHandler, PermissionRequirement.Handler>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, AccessRefusals>();
        services.AddAuthorizationBuilder().SetFallbackPolicy(PolicyOf(Permission.Known));
        services.AddRateLimiter(_ => { });
        services.AddSingleton<IConfigureOptions<RateLimiterOptions>, CallLimits>();
    }

    /// <summary>Checks every call before its handler sees it; stands before the services.</summary>
    public static void UseAccess(this WebApplication app)
    {
        app.UseAuthentication();
        app.UseRateLimiter();
        app.Use(UnreadAnswers.WaitAsync);
        app.UseAuthorization();
        app.Use(CallDeadlines.RequireAsync);
        app.Use(CallEnds.WatchAsync);
    }

    /// <summary>Gives every mapped rpc its row of the table.</summary>
    /// <param name="app">The node, with all its services mapped.</param>
    /// <param name="services">What they were mapped with.</param>
    /// <exception cref="InvalidOperationException">The table doesn't fit the services.</exception>
    public static void RequirePermissions(
        this WebApplication app, IEnumerable<GrpcServiceEndpointConventionBuilder> services)
    {
        foreach (var service in services)
        {
            service.Add(Guard);
        }

        var served = ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints)
            .Select(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method.FullName)
            .OfType<string>().ToHashSet();
        PermissionTable.Check(PermissionTable.Rows, served);
    }

    /// <summary>What an endpoint is marked with, so that only callers with a permission reach it.</summary>
    public static object AccessTo(Permission permission) => permission is Permission.Open or Permission.Partner
        ? new AllowAnonymousAttribute()
        : PolicyOf(permission);

    private static void Guard(EndpointBuilder endpoint)
    {
        // What answers calls of unknown methods has no method; it stays under the fallback policy.
        if (endpoint.Metadata.OfType<GrpcMethodMetadata>().SingleOrDefault() is not { } rpc
            || !PermissionTable.Rows.TryGetValue(rpc.Method.FullName, out var permission))
        {
            return;
        }

        endpoint.Metadata.Add(AccessTo(permission));
    }

    private static AuthorizationPolicy PolicyOf(Permission permission) => new AuthorizationPolicyBuilder()
        .RequireAuthenticatedUser().AddRequirements(new PermissionRequirement(permission)).Build();
}
