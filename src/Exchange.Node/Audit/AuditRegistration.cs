using Exchange.Store;
using Microsoft.Extensions.DependencyInjection;

namespace Exchange.Node.Audit;

/// <summary>Adds the audit chain to a node.</summary>
internal static class AuditRegistration
{
    /// <summary>
    /// Adds the store with its chain; before everything else that is hosted. Needs identity, keys, partners, the data
    /// directory and time.
    /// </summary>
    /// <param name="services">The node.</param>
    /// <param name="store">The store, opened with an <see cref="AuditSealer"/>.</param>
    public static IServiceCollection AddAudit(this IServiceCollection services, IRecordStore store) =>
        services.AddSingleton(_ => new AuditTrail(store))
            .AddSingleton<IRecordStore>(
                provider => new AuditedStore(store, provider.GetRequiredService<AuditTrail>()))
            .AddSingleton<AuditSigner>()
            .AddSingleton<AuditAnchor>()
            .AddSingleton<AuditVerifier>()
            .AddSingleton<AuditQuery>()
            .AddSingleton<AuditReads>()
            .AddSingleton<AuditRefusals>()
            .AddSingleton<AuditKeeper>()
            .AddHostedService(provider => provider.GetRequiredService<AuditKeeper>());
}
