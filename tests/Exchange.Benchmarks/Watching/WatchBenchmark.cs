using System.Diagnostics;
using System.Globalization;
using Exchange.Testing;
using Exchange.V1;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;

namespace Exchange.Benchmarks.Watching;

/// <summary>
/// A hundred watchers of one node at 500 published vacancies a second, with and without one that never reads: the
/// others' p99 and the process's memory as ratios of the run with the stuck one to the run without it. The node, its
/// publisher and its watchers are in this process, over real sockets.
/// </summary>
internal static class WatchBenchmark
{
    private const int Watchers = 100;
    private const int Items = 5_000;

    public static async Task RunAsync(string[] args)
    {
        var count = args.Length > 1 && args[0] == "--items" ? int.Parse(args[1], CultureInfo.InvariantCulture) : Items;
        Console.WriteLine($"{Watchers} watchers, {count} vacancies at {VacancyLoad.PerSecond}/s, SQLite, no TLS");
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
        using var channels = new ChannelPool(node);
        var watching = Enumerable.Range(0, Watchers)
            .Select(index => VacancyLoad.WatchAsync(channels.Next(), count, published, latencies[index] = new double[count]))
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
        await VacancyLoad.PublishAsync(node.Vacancies, count, published);
        await Task.WhenAll(watching);
        await stop.CancelAsync();
        never?.Dispose();

        var all = latencies.SelectMany(values => values).Order().ToArray();
        return new Measurement(all[all.Length / 2], all[all.Length * 99 / 100], await memory);
    }

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
    private sealed class ChannelPool(TestNode node) : IDisposable
    {
        private const int CallsAChannel = 10;

        private readonly List<GrpcChannel> _channels = [];
        private CallInvoker? _last;
        private int _calls;

        public CallInvoker Next()
        {
            if (_calls++ % CallsAChannel == 0)
            {
                _channels.Add(node.OpenChannel());
                _last = _channels[^1].Intercept(headers => TestNode.WithToken(headers, node.RunToken))
                    .Intercept(new PatientClient());
            }

            return _last!;
        }

        public void Dispose() => _channels.ForEach(channel => channel.Dispose());
    }
}
