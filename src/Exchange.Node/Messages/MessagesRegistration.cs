using Exchange.Node.Vacancies;
using Microsoft.Extensions.DependencyInjection;

namespace Exchange.Node.Messages;

/// <summary>Adds digests, the outbox and the public listing to a node.</summary>
internal static class MessagesRegistration
{
    /// <summary>Adds what the services need.</summary>
    public static void AddMessages(this IServiceCollection services)
    {
        services.AddSingleton<OpenVacancies>();
        services.AddSingleton<JobCodes>();
        services.AddSingleton<ContactStandings>();
        services.AddSingleton<Digests>();
        services.AddSingleton<VacancyRouting>();
        services.AddSingleton<OutboxCheck>();
        services.AddSingleton<Replies>();
    }
}
