using Exchange.V1;
using Happened = Exchange.V1.WatchVacanciesResponse.EventOneofCase;

namespace Exchange.Client.Samples;

/// <summary>Watches vacancies: watch_vacancies TOKEN_FILE [COUNT]. Ends after COUNT lines, or with ctrl-C.</summary>
internal static class WatchVacancies
{
    // readme: watch
    public static async Task RunAsync(string path, Action<string> tell, CancellationToken stop)
    {
        var address = Environment.GetEnvironmentVariable("EXCHANGE_ADDRESS")!;
        using var client = ExchangeClient.Connect(address, ConnectOptions.FromEnvironment());
        await client.WatchVacanciesAsync(
            new VacancyFilter { Source = "dongguan-hr" }, new FileToken(path), StartOverAsync, ApplyAsync, stop);

        Task StartOverAsync()
        {
            tell("= a snapshot begins");
            return Task.CompletedTask;
        }

        // Write what happened to your own system here. The token is saved after this is done.
        Task ApplyAsync(WatchVacanciesResponse response)
        {
            tell(response.EventCase switch
            {
                Happened.Vacancy => $"+ {response.Vacancy.ExternalKey.SourceId} {response.Vacancy.Vacancy.Title}",
                Happened.Removed => "- a vacancy",
                _ => "= the snapshot is complete: drop what it didn't contain",
            });
            return Task.CompletedTask;
        }
    }

    // readme: end
}
