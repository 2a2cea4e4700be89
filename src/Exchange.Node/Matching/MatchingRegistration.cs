using Microsoft.Extensions.DependencyInjection;

namespace Exchange.Node.Matching;

/// <summary>Adds matching to a node.</summary>
internal static class MatchingRegistration
{
    /// <summary>Adds what the service needs.</summary>
    public static void AddMatching(this IServiceCollection services) => services.AddSingleton<MatchDesk>();
}
