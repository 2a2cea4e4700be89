using Microsoft.Extensions.DependencyInjection;

namespace Exchange.Node.Disclosures;

/// <summary>Adds what answers who saw a person's data.</summary>
internal static class DisclosureRegistration
{
    /// <summary>Needs the store, the node's identity and kinds, its partners and its subjects.</summary>
    public static IServiceCollection AddDisclosures(this IServiceCollection services) =>
        services.AddSingleton<SubjectDisclosures>()
            .AddSingleton<DisclosureList>()
            .AddSingleton<HoldingQuestion>()
            .AddSingleton<Holdings>();
}
