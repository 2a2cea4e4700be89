using System.Diagnostics;
using System.Globalization;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Benchmarks.Watching;

/// <summary>Publishes vacancies at a steady pace, and tells how long each took to reach a watcher.</summary>
internal static class VacancyLoad
{
    public const int PerSecond = 500;

    /// <summary>Publishes numbers 1 to count, and notes when each was handed over.</summary>
    public static async Task PublishAsync(VacancyService.VacancyServiceClient client, int count, long[] published)
    {
        using var call = client.PublishVacancies();
        await call.RequestStream.WriteAsync(new PublishVacanciesRequest
        {
            Open = new OpenStream { Publisher = "bench", Stream = "one" },
        });
        var answers = Task.Run(async () =>
        {
            await foreach (var response in call.ResponseStream.ReadAllAsync())
            {
                if (response.Answer?.Error is { } error)
                {
                    throw new InvalidOperationException($"Item {response.Answer.Number} failed: {error.Message}");
                }
            }
        });

        // Ten items every 20 ms: a paced publisher, so that latency isn't queueing of our own making.
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        for (var number = 1; number <= count; number++)
        {
            if (number % (PerSecond / 50) == 1)
            {
                await timer.WaitForNextTickAsync();
            }

            published[number] = Stopwatch.GetTimestamp();
            await call.RequestStream.WriteAsync(Item(number));
        }

        await call.RequestStream.CompleteAsync();
        await answers;
    }

    /// <summary>Watches until every item was seen; fills in milliseconds by order of arrival.</summary>
    public static async Task WatchAsync(CallInvoker channel, int count, long[] published, double[] latencies)
    {
        using var call = new VacancyService.VacancyServiceClient(channel).WatchVacancies(new WatchVacanciesRequest());
        for (var seen = 0; seen < count && await call.ResponseStream.MoveNext(CancellationToken.None);)
        {
            if (call.ResponseStream.Current.Vacancy is { } vacancy)
            {
                var number = int.Parse(vacancy.ExternalKey.SourceId, CultureInfo.InvariantCulture);
                latencies[seen++] = Stopwatch.GetElapsedTime(published[number]).TotalMilliseconds;
            }
        }
    }

    private static PublishVacanciesRequest Item(int number) => new()
    {
        Item = new PublishVacancyItem
        {
            Number = (ulong)number,
            ExternalKey = new ExternalKey { Source = "bench", SourceId = number.ToString(CultureInfo.InvariantCulture) },
            Vacancy = new Vacancy
            {
                Title = "缝纫工",
                EmployerName = "东莞市某鞋业有限公司",
                Headcount = 20,
                Pay = new PayRange { Currency = "CNY", MinMinor = 400_000, MaxMinor = 550_000, Unit = PayUnit.Month },
                WorkPlace = new Place { DivisionCode = "441900118", Words = "东莞市大岭山镇" },
                Status = VacancyStatus.Open,
                Description = new string('岗', 80),
            },
        },
    };
}
