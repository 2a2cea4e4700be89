using Exchange.Harness.Nodes;
using Exchange.Node.Records;
using Exchange.V1;
using Google.Type;

namespace Exchange.Harness.Load;

/// <summary>Takes placements forward from one side: each event once, as soon as the other side's step is seen.</summary>
internal abstract class PlacementDesk(HarnessNode node, int seed) : Clerk(node, seed)
{
    private readonly HashSet<(string Placement, PlacementEventType Type)> _done = [];

    /// <summary>What was acknowledged: nobody is placed twice, so that the worker and the type name the event.</summary>
    public List<(string Key, string Content)> Acknowledged { get; } = [];

    /// <summary>The event that follows when the other side's step was seen.</summary>
    protected abstract PlacementEventType? After(PlacementState state);

    protected override async Task WriteAsync(CancellationToken quiet)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(Dice.Next(200, 600)), TimeProvider.System, CancellationToken.None);
        var request = new ListPlacementsRequest { PageSize = 1000 };
        if (await AskAsync(options => Node.Client.Placements.ListPlacementsAsync(request, options).ResponseAsync) is not { } page)
        {
            return;
        }

        foreach (var placement in page.Placements.TakeWhile(_ => !quiet.IsCancellationRequested))
        {
            if (After(placement.State) is { } type && _done.Add((placement.Id, type)))
            {
                await RecordAsync(placement.Id, placement.WorkerId, placement.VacancyId, type);
            }
        }
    }

    /// <summary>Records one event until it is answered.</summary>
    protected async Task RecordAsync(string placement, string worker, string vacancy, PlacementEventType type)
    {
        // The day before: the node's clock may be hours behind, and tomorrow can't have happened.
        var day = NodeIdentity.Today(TimeProvider.System).AddDays(-1);
        var request = new RecordPlacementEventRequest
        {
            RequestId = Guid.NewGuid().ToString(),
            Event = new PlacementEvent
            {
                PlacementId = placement,
                WorkerId = worker,
                VacancyId = vacancy,
                SendingNode = "zhaotong",
                ReceivingNode = "dongguan",
                Type = type,
                TransferBatch = type == PlacementEventType.Departed ? "harness-1" : "",
                HappenedDate = new Date { Year = day.Year, Month = day.Month, Day = day.Day },
            },
        };
        if (await AskAsync(options => Node.Client.Placements.RecordPlacementEventAsync(request, options).ResponseAsync)
            is { } recorded)
        {
            Acknowledged.Add(($"{worker} {type}", recorded.Placement.Id));
        }
    }
}
