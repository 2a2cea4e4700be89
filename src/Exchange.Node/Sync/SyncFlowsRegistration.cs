using Microsoft.Extensions.DependencyInjection;

namespace Exchange.Node.Sync;

/// <summary>Adds the data side of sync to a node.</summary>
internal static class SyncFlowsRegistration
{
    /// <summary>Needs the store, the node's keys, identity and kinds, and <see cref="SyncPeers"/>.</summary>
    public static IServiceCollection AddSyncFlows(this IServiceCollection services) =>
        services
            .AddSingleton<RetractionCauses>()
            .AddSingleton<SyncFlows>()
            .AddSingleton<ISyncFlows>(provider => provider.GetRequiredService<SyncFlows>());
}
