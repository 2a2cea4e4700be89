using Exchange.Testing;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Node.Tests.Services;

/// <summary>What the service tests publish, and how.</summary>
internal static class VacancySamples
{
    public static Vacancy Sample(string title = "普工", string division = "441900118") => new()
    {
        Title = title,
        EmployerName = "东莞市某鞋业有限公司",
        Headcount = 20,
        Pay = new PayRange { Currency = "CNY", MinMinor = 400_000, MaxMinor = 550_000, Unit = PayUnit.Month },
        WorkPlace = new Place { DivisionCode = division, Words = "东莞市大岭山镇" },
        Status = VacancyStatus.Open,
    };

    public static PublishVacanciesRequest Item(ulong number, string sourceId, Vacancy vacancy) => new()
    {
        Item = new PublishVacancyItem
        {
            Number = number,
            ExternalKey = new ExternalKey { Source = "dongguan-hr", SourceId = sourceId },
            Vacancy = vacancy,
        },
    };

    public static PublishVacanciesRequest Open(string stream = "daily") =>
        new() { Open = new OpenStream { Publisher = "dongguan-hr", Stream = stream } };

    /// <summary>Publishes on one stream and returns its opening and all answers.</summary>
    public static async Task<(ulong LastNumber, IReadOnlyList<PutRecordAnswer> Answers)> PublishAsync(
        this TestNode node, params PublishVacanciesRequest[] items)
    {
        using var call = node.Vacancies.PublishVacancies();
        await call.RequestStream.WriteAsync(Open());
        foreach (var item in items)
        {
            await call.RequestStream.WriteAsync(item);
        }

        await call.RequestStream.CompleteAsync();
        var responses = await call.ResponseStream.ReadAllAsync().ToListAsync();
        return (responses[0].Opened.LastNumber, [.. responses.Skip(1).Select(response => response.Answer)]);
    }

    /// <summary>Reads the next step of a watch that isn't a bookmark.</summary>
    public static async Task<WatchVacanciesResponse> NextAsync(this AsyncServerStreamingCall<WatchVacanciesResponse> watch)
    {
        do
        {
            if (!await watch.ResponseStream.MoveNext(CancellationToken.None))
            {
                throw new InvalidOperationException("The watch ended.");
            }
        }
        while (watch.ResponseStream.Current.EventCase == WatchVacanciesResponse.EventOneofCase.Bookmark);

        return watch.ResponseStream.Current;
    }
}
