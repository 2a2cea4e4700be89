using Exchange.V1;

namespace Exchange.Client.Samples;

/// <summary>
/// Publishes three vacancies, one of them bad. Run it twice: the second time it goes on at the refused one.
/// </summary>
internal static class PublishVacancies
{
    // readme: publish
    private static readonly PublishVacancyItem[] Items =
        [Item("JOB-1", "鞋厂普工", 200), Item("JOB-2", "质检员", -1), Item("JOB-3", "焊工", 15)];

    public static async Task RunAsync()
    {
        var address = Environment.GetEnvironmentVariable("EXCHANGE_ADDRESS")!;
        using var client = ExchangeClient.Connect(address, ConnectOptions.FromEnvironment());
        await client.PublishVacanciesAsync("dongguan-hr", "sample", ItemsAfter, AnsweredAsync);
    }

    private static IAsyncEnumerable<PublishVacancyItem> ItemsAfter(ulong number)
    {
        Console.WriteLine($"{number} were answered before");
        return Items.Skip((int)number).ToAsyncEnumerable();
    }

    private static Task AnsweredAsync(PublishVacancyItem item, PutRecordAnswer answer)
    {
        var job = item.ExternalKey.SourceId;
        if (answer.Error is null)
        {
            Console.WriteLine($"{job} accepted");
        }
        else
        {
            var error = ExchangeException.Of(answer.Error);
            Console.WriteLine($"{job} refused: {error.Reason} {error.Violations[0].Field}");
        }

        return Task.CompletedTask;
    }

    private static PublishVacancyItem Item(string job, string title, int headcount) => new()
    {
        ExternalKey = new ExternalKey { Source = "dongguan-hr", SourceId = job },
        Vacancy = new Vacancy
        {
            Title = title,
            Headcount = headcount,
            WorkPlace = new Place { DivisionCode = "4419", Words = "东莞市大岭山镇" },
            Status = VacancyStatus.Open,
        },
    };

    // readme: end
}
