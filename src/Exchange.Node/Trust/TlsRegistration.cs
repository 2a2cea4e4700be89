using Exchange.Node.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Exchange.Node.Trust;

/// <summary>Adds what a node shows and whom it believes.</summary>
internal static class TlsRegistration
{
    /// <summary>
    /// Adds the node's own certificate and those of its partners; the host adds store, options, keys, data directory
    /// and time.
    /// </summary>
    public static IServiceCollection AddTls(this IServiceCollection services)
    {
        services.AddSingleton(Identity);
        services.AddSingleton<PeerPins>();
        services.AddSingleton<CertificateTalks>();
        services.AddSingleton<PeerCertificates>();
        services.AddSingleton<TlsRoll>();
        services.AddHostedService(provider => provider.GetRequiredService<TlsRoll>());
        return services;
    }

    private static TlsIdentity Identity(IServiceProvider provider)
    {
        var files = provider.GetRequiredService<IOptions<ListenOptions>>().Value
            .FilesIn(provider.GetRequiredService<DataDirectory>());
        var time = provider.GetRequiredService<TimeProvider>();

        // The files were checked before anything was opened.
        _ = TlsRules.Read(files, time.GetUtcNow(), out var certificate);
        return new TlsIdentity(files, certificate!, time, provider.GetRequiredService<ILogger<TlsIdentity>>());
    }
}
