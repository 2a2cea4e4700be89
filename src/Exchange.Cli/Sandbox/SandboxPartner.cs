using Exchange.Cli.Client;
using Exchange.Node.Records;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Cli.Sandbox;

/// <summary>
/// The clerks of the sending region: they refer somebody to every vacancy that the city publishes, so that a developer
/// sees the other side answer.
/// </summary>
internal sealed class SandboxPartner(NodeConnection region, Action<string> tell, TimeProvider time)
{
    private const int PageSize = 200;
    private const int GrownUp = 19;

    private readonly HashSet<string> _referred = [];
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _next;

    /// <summary>Completes once every vacancy that is published from then on is answered.</summary>
    public Task Listening => _listening.Task;

    /// <summary>Answers until it is told to stop; vacancies that were there before aren't answered.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var filter = new VacancyFilter { HomeNode = SandboxSite.City, Statuses = { VacancyStatus.Open } };
        try
        {
            var workers = await WorkersAsync(cancellationToken);
            using var watch = region.Vacancies.WatchVacancies(
                new WatchVacanciesRequest { Filter = filter }, cancellationToken: cancellationToken);
            var isLive = false;
            await foreach (var response in watch.ResponseStream.ReadAllAsync(cancellationToken))
            {
                if (response.SnapshotEnd is not null)
                {
                    isLive = true;
                    _listening.TrySetResult();
                }

                if (response.Vacancy is { } vacancy && _referred.Add(vacancy.Id) && isLive)
                {
                    await TryReferAsync(workers[_next++ % workers.Count], vacancy.Id, cancellationToken);
                }
            }
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // The sandbox is being stopped.
        }
    }

    private async Task<List<string>> WorkersAsync(CancellationToken cancellationToken)
    {
        var page = await region.Records.ListRecordsAsync(
            new ListRecordsRequest { Kind = "worker", PageSize = PageSize, UnmaskPurpose = "sandbox: who is grown up" },
            cancellationToken: cancellationToken);
        var year = NodeIdentity.Today(time).Year - GrownUp;
        return [.. page.Records.Where(record => record.Payload.Unpack<Worker>().BirthDate?.Year <= year)
            .Select(record => record.Id)];
    }

    // A developer tries what nobody would refer to; that ends nothing.
    private async Task TryReferAsync(string worker, string vacancy, CancellationToken cancellationToken)
    {
        try
        {
            await ReferAsync(worker, vacancy, cancellationToken);
        }
        catch (RpcException refused) when (!cancellationToken.IsCancellationRequested)
        {
            tell($"{SandboxSite.Region} referred nobody to vacancy {vacancy}: {refused.Status.Detail}");
        }
    }

    private async Task ReferAsync(string worker, string vacancy, CancellationToken cancellationToken) =>
        await region.Placements.RecordPlacementEventAsync(
            new RecordPlacementEventRequest
            {
                RequestId = Guid.NewGuid().ToString(),
                Event = new PlacementEvent
                {
                    WorkerId = worker,
                    VacancyId = vacancy,
                    SendingNode = SandboxSite.Region,
                    ReceivingNode = SandboxSite.City,
                    Type = PlacementEventType.Referred,
                    HappenedDate = DateRules.ToDate(NodeIdentity.Today(time)),
                },
            },
            cancellationToken: cancellationToken);
}
