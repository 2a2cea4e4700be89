using Exchange.V1;
using Happened = Exchange.V1.WatchVacanciesResponse.EventOneofCase;

namespace Exchange.Client.Samples;

/// <summary>From nothing to a resumed stream of vacancies in one go, with what can go wrong on the way.</summary>
internal static class Walkthrough
{
    public static async Task RunAsync()
    {
        var address = Environment.GetEnvironmentVariable("EXCHANGE_ADDRESS")!;
        using var client = ExchangeClient.Connect(address, ConnectOptions.FromEnvironment());

        Console.WriteLine("1. Two vacancies are published. Each is answered by itself.");
        var answers = await PublishAsync(client, "first", Item("JOB-1", "鞋厂普工"), Item("JOB-2", "焊工"));
        Console.WriteLine($"   {answers.Count(answer => answer.Created)} are new");

        Console.WriteLine("2. The same stream is published again, as after a crash. Nothing is sent twice.");
        var again = await PublishAsync(client, "first", Item("JOB-1", "鞋厂普工"), Item("JOB-2", "焊工"));
        Console.WriteLine($"   {again.Count} were sent");

        Console.WriteLine("3. A watch without a token begins with a snapshot.");
        var token = new MemoryToken();
        await WatchAsync(client, token, 4);

        Console.WriteLine("4. One is filled and one is new. The watch goes on from its token and tells only that.");
        await PublishAsync(client, "second", Item("JOB-1", "鞋厂普工", VacancyStatus.Filled), Item("JOB-3", "质检员"));
        await WatchAsync(client, token, 2);

        Console.WriteLine("5. Somebody updates from an old version and is refused.");
        var read = await client.Vacancies.GetVacancyAsync(new GetVacancyRequest { Id = answers[1].Id });
        await PublishAsync(client, "third", Item("JOB-2", "焊工（夜班）", etag: read.Vacancy.Etag));
        var late = await PublishAsync(client, "fourth", Item("JOB-2", "电焊工", etag: read.Vacancy.Etag));
        Console.WriteLine($"   {ExchangeException.Of(late[0].Error).Reason}");

        Console.WriteLine("6. What isn't there is an error with a reason.");
        try
        {
            await client.Vacancies.GetVacancyAsync(
                new GetVacancyRequest { Id = "019a0000-0000-7000-8000-000000000000" });
        }
        catch (ExchangeException error)
        {
            Console.WriteLine($"   {CodeName.Of(error.Code)} {error.Reason}");
        }
    }

    private static PublishVacancyItem Item(
        string job, string title, VacancyStatus status = VacancyStatus.Open, string etag = "") => new()
        {
            ExternalKey = new ExternalKey { Source = "walkthrough", SourceId = job },
            Etag = etag,
            Vacancy = new Vacancy { Title = title, WorkPlace = new Place { Words = "东莞" }, Status = status },
        };

    private static async Task<List<PutRecordAnswer>> PublishAsync(
        ExchangeClient client, string stream, params PublishVacancyItem[] items)
    {
        var answers = new List<PutRecordAnswer>();
        await client.PublishVacanciesAsync(
            "walkthrough",
            stream,
            number => items.Skip((int)number).ToAsyncEnumerable(),
            (_, answer) =>
            {
                answers.Add(answer);
                return Task.CompletedTask;
            });
        return answers;
    }

    // Watches until so many lines were told.
    private static async Task WatchAsync(ExchangeClient client, MemoryToken token, int count)
    {
        using var stop = new CancellationTokenSource();
        var filter = new VacancyFilter { Source = "walkthrough", Statuses = { VacancyStatus.Open } };
        try
        {
            await client.WatchVacanciesAsync(filter, token, () => TellAsync("= begins"), ApplyAsync, stop.Token);
        }
        catch (OperationCanceledException)
        {
            // It has told enough.
        }

        Task ApplyAsync(WatchVacanciesResponse response) => TellAsync(response.EventCase switch
        {
            Happened.Vacancy => $"+ {response.Vacancy.ExternalKey.SourceId} {response.Vacancy.Vacancy.Title}",
            Happened.Removed => "- a vacancy",
            _ => "= complete",
        });

        Task TellAsync(string line)
        {
            Console.WriteLine("   " + line);
            return --count == 0 ? stop.CancelAsync() : Task.CompletedTask;
        }
    }
}
