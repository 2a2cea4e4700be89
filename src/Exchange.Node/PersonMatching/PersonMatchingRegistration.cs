using Microsoft.Extensions.DependencyInjection;

namespace Exchange.Node.PersonMatching;

/// <summary>Adds what matches persons across nodes.</summary>
internal static class PersonMatchingRegistration
{
    /// <summary>Needs the store, the keys and the partners.</summary>
    public static void AddPersonMatching(this IServiceCollection services)
    {
        services.AddSingleton<MatchKeys>();
        services.AddSingleton<MatchBudget>();
        services.AddSingleton<GivenPersons>();
        services.AddSingleton<MatchQuestion>();
    }
}
