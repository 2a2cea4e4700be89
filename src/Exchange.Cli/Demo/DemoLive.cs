using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Exchange.Cli.Commands;
using Exchange.Cli.Publishing;
using Exchange.Cli.Watching;
using Exchange.Node.Generate;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;

namespace Exchange.Cli.Demo;

/// <summary>A watcher on the sending node sees what is published on the receiving one.</summary>
internal sealed class DemoLive(DemoContext demo)
{
    private const ulong Seed = 2;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<string, long> _published = new();
    private readonly ConcurrentDictionary<string, TimeSpan> _seen = new();
    private readonly TaskCompletionSource _snapshot = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _inSnapshot;

    /// <summary>How long it took from publishing to seeing.</summary>
    public DemoLatency Latency { get; private set; } = DemoLatency.None;

    /// <summary>Publishes vacancies one by one while the watcher watches.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watching = WatchAsync(ending.Token);
        await Task.WhenAny(watching, _snapshot.Task.WaitAsync(Patience, demo.Time, cancellationToken));
        var held = (await demo.StatusAsync(demo.Sending, cancellationToken)).Records.GetValueOrDefault("vacancy");
        demo.Checks.Check(
            "A watcher's snapshot holds every vacancy", _inSnapshot == held, $"{_inSnapshot} of {held}");

        await PublishAsync(cancellationToken);
        await demo.UntilAsync(
            "the watcher on the other node sees every vacancy",
            () => Task.FromResult(_seen.Count == DemoOptions.LiveVacancies || watching.IsCompleted),
            cancellationToken);
        await ending.CancelAsync();
        await EndAsync(watching);

        Latency = DemoLatency.Of(_seen.Values);
        demo.Say($"   {Latency.Count:N0} vacancies published one by one were seen on the other node: "
            + $"p50 {Latency.P50Ms:0.0} ms, p99 {Latency.P99Ms:0.0} ms.");
        demo.Checks.Check(
            "Live, the watcher on the other node sees every vacancy",
            _seen.Count == DemoOptions.LiveVacancies,
            $"{_seen.Count} of {DemoOptions.LiveVacancies}, p99 {Latency.P99Ms} ms");
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        var request = new WatchVacanciesRequest { Filter = new VacancyFilter { HomeNode = DemoOptions.Receiving } };
        var loop = new WatchLoop<WatchVacanciesResponse>(
            (token, stop) => demo.Sending.Vacancies.WatchVacancies(
                new WatchVacanciesRequest(request) { ResumeToken = token }, cancellationToken: stop),
            WatchVacanciesCommand.Read,
            new ResumeFile(path: null),
            demo.Time);
        await loop.RunAsync(
            (response, happened) =>
            {
                Apply(response, happened);
                return Task.FromResult(true);
            },
            cancellationToken);
    }

    private void Apply(WatchVacanciesResponse response, WatchEvent happened)
    {
        switch (happened.Kind)
        {
            case WatchEventKind.SnapshotEnd:
                _snapshot.TrySetResult();
                break;
            case WatchEventKind.Item when !_snapshot.Task.IsCompleted:
                _inSnapshot++;
                break;
            case WatchEventKind.Item when _published.TryGetValue(response.Vacancy.ExternalKey.SourceId, out var sent):
                _seen.TryAdd(response.Vacancy.ExternalKey.SourceId, demo.Time.GetElapsedTime(sent));
                break;
        }
    }

    private async Task PublishAsync(CancellationToken cancellationToken)
    {
        var open = new OpenStream { Publisher = "dongguan-hr", Stream = "live" };
        var pump = new PutPump(stop => new VacancyPutCall(demo.Receiving.Vacancies, stop), open, Patience, demo.Time);
        var refused = 0;
        await pump.RunAsync(
            PacedAsync(cancellationToken),
            (_, answer) =>
            {
                refused += answer.Error is null ? 0 : 1;
                return Task.CompletedTask;
            },
            cancellationToken);
        demo.Checks.Check("The city accepts every live vacancy", refused == 0, $"{refused} refused");
    }

    private async IAsyncEnumerable<PutLine> PacedAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var options = new GeneratorOptions { Workers = 0, Vacancies = DemoOptions.LiveVacancies, Seed = Seed };
        var number = 0UL;
        foreach (var vacancy in new RecordGenerator(options).ReceivingSide().Where(record => record.Kind == "vacancy"))
        {
            await Task.Delay(Pace, demo.Time, cancellationToken);
            _published[vacancy.ExternalKey!.SourceId] = demo.Time.GetTimestamp();
            yield return new PutLine(new PutRecordItem
            {
                Number = ++number,
                Record = new Record
                {
                    Kind = vacancy.Kind,
                    ExternalKey = vacancy.ExternalKey,
                    Payload = Any.Pack(vacancy.Payload),
                },
            });
        }
    }

    private static async Task EndAsync(Task watching)
    {
        try
        {
            await watching;
        }
        catch (Exception ended) when (ended is OperationCanceledException
            or Grpc.Core.RpcException { StatusCode: Grpc.Core.StatusCode.Cancelled })
        {
            // It was told to.
        }
    }
}
