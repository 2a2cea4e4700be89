using Exchange.Node.Agreements;
using Exchange.Node.Hosting;
using Exchange.Node.Outages;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Exchange.Node.Sync;

/// <summary>Adds the protocol half of sync to a node. The host maps <see cref="SyncServiceHandler"/>.</summary>
internal static class SyncRegistration
{
    /// <summary>Adds the section of the partners alone: it is checked before anything is opened.</summary>
    public static IServiceCollection AddSyncOptions(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<SyncOptions>, SyncOptionsValidator>();
        services.AddOptions<SyncOptions>().BindConfiguration(SyncOptions.Section).ValidateOnStart();
        return services;
    }

    /// <summary>
    /// Adds options, peers, sessions, the calling side and the schedule. The data side adds <see cref="ISyncFlows"/>;
    /// the host adds store, identity, keys, kinds, data directory, protocol versions and time.
    /// </summary>
    public static IServiceCollection AddSync(this IServiceCollection services)
    {
        services.AddSingleton(_ => new SyncPeers([]));
        services.AddSingleton<Successions>();
        services.AddSingleton<HomeTaker>();
        services.AddSingleton<AgreementBook>();
        services.AddSingleton<AgreementDesk>();
        services.AddSingleton<AgreementCarrier>();
        services.AddSingleton<PeerLoader>();
        services.AddSingleton<Callers>();
        services.AddSingleton<PeerLines>();

        // Before the schedule and the server, which need the partners.
        services.AddHostedService(provider => provider.GetRequiredService<PeerLoader>());
        services.AddSingleton<SyncLease>();
        services.AddSingleton(OpenSessions);
        services.AddSingleton<OutageBook>();
        services.AddSingleton<PeerAgreements>();
        services.AddSingleton<PeerStates>();
        services.AddSingleton<QuarantineLists>();
        services.AddSingleton<Discards>();
        services.AddSingleton<SyncConductor>();
        services.AddSingleton<ISyncCaller, SyncClient>();
        services.AddSingleton<SyncScheduler>();
        services.AddHostedService(provider => provider.GetRequiredService<SyncScheduler>());
        return services;
    }

    // Sessions leave as soon as the node begins to stop, not when the server has given up waiting for their calls.
    private static SyncSessions OpenSessions(IServiceProvider provider)
    {
        var sessions = ActivatorUtilities.CreateInstance<SyncSessions>(provider);
        provider.GetRequiredService<NodeLifetime>().Stopping.Register(() => sessions.Close(SyncFailure.Stopping));
        return sessions;
    }
}
