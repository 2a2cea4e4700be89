using Exchange.Node.Trust;
using Microsoft.Extensions.DependencyInjection;

namespace Exchange.Node.Subjects;

/// <summary>Registers what keeps the keys of persons in step with their records.</summary>
internal static class KeyUpkeepRegistration
{
    /// <summary>Adds it.</summary>
    public static IServiceCollection AddKeyUpkeep(this IServiceCollection services)
    {
        services.AddSingleton<SealedEntries>();
        services.AddSingleton<KeyRetirements>();
        services.AddSingleton<ErasedBefore>();
        services.AddHostedService(provider => provider.GetRequiredService<ErasedBefore>());
        services.AddSingleton<KeyRotation>();
        services.AddHostedService(provider => provider.GetRequiredService<KeyRotation>());
        return services;
    }
}
