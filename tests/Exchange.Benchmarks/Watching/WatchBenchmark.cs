using System.Diagnostics;
using System.Globalization;
using Exchange.Testing;
using Exchange.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace Exchange.Benchmarks.Watching;

/// <summary>
/// A hundred watchers of one node at 500 published vacancies a second, with and without one that never reads: the
/// others' p99
/// and the process's memory as ratios of the run with the stuck one to the run without it. The node, its publisher
/// and its
/// watchers are in this process, over real sockets.
/// </summary>
internal static class WatchBenchmark
{
    private const int Watchers = 100;
    private const int Items = 5_000;
    private const int PerSecond = 500;

    public static async Task RunAsync(string[] args)
    {
        var count = args.Length > 1 && args[0] == "--items" ? int.Parse(args[1], CultureInfo.InvariantCulture) : Items;
        Console.WriteLine($"{Watchers} watchers, {count} vacancies at {PerSecond}/s, SQLite, no TLS");
        await MeasureAsync(stuck: false, count / 5);

        var without = await MeasureAsync(stuck: false, count);
        var with = await MeasureAsync(stuck: true, count);

        Print("without a stuck watcher", without);
        Print("with one that never reads", with);
        Console.WriteLine(Invariant($"ratio of p99: {with.P99 / without.P99:F2} (goal <= 1.5)"));
        Console.WriteLine(Invariant($"ratio of memory: {(double)with.Memory / without.Memory:F2} (goal <= 1.2)"));
    }

    private static async Task<Measurement> MeasureAsync(bool stuck, int count)
    {
        await using var node = await TestNode.StartAsync();
        using var stop = new CancellationTokenSource();
        var published = new long[count + 1];
        var latencies = new double[Watchers][];
        using var channels = new ChannelPool(node.Address);
        var watching = Enumerable.Range(0, Watchers)
            .Select(index => WatchAsync(channels.Next(), count, published, latencies[index] = new double[count]))
            .ToList();
        AsyncServerStreamingCall<WatchVacanciesResponse>? never = null;
        if (stuck)
        {
            never = new VacancyService.VacancyServiceClient(channels.Next()).WatchVacancies(new WatchVacanciesRequest());
        }

        while ((await node.Node.GetStatusAsync(new GetStatusRequest())).Watchers < Watchers + (stuck ? 1 : 0))
        {
            await Task.Yield();
        }

        var memory = SampleMemoryAsync(stop.Token);
        await PublishAsync(node, count, published);
        await Task.WhenAll(watching);
        await stop.CancelAsync();
        never?.Dispose();

        var all = latencies.SelectMany(values => values).Order().ToArray();
        return new Measurement(all[all.Length / 2], all[all.Length * 99 / 100], await memory);
    }

    private static async Task WatchAsync(GrpcChannel channel, int count, long[] published, double[] latencies)
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

    private static async Task PublishAsync(TestNode node, int count, long[] published)
    {
        using var call = node.Vacancies.PublishVacancies();
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

    private static async Task<long> SampleMemoryAsync(CancellationToken stop)
    {
        var peak = 0L;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        using var process = Process.GetCurrentProcess();
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                process.Refresh();
                peak = Math.Max(peak, process.WorkingSet64);
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }

        return peak;
    }

    private static void Print(string name, Measurement measured) => Console.WriteLine(Invariant(
        $"{name}: p50 {measured.P50:F2} ms, p99 {measured.P99:F2} ms, peak memory {measured.Memory >> 20} MiB"));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed record Measurement(double P50, double P99, long Memory);

    // Some watchers a connection, as real clients have: one connection for all would share one flow-control window.
    private sealed class ChannelPool(Uri address) : IDisposable
    {
        private const int CallsAChannel = 10;

        private readonly List<GrpcChannel> _channels = [];
        private int _calls;

        public GrpcChannel Next()
        {
            if (_calls++ % CallsAChannel == 0)
            {
                _channels.Add(GrpcChannel.ForAddress(address));
            }

            return _channels[^1];
        }

        public void Dispose() => _channels.ForEach(channel => channel.Dispose());
    }
}
