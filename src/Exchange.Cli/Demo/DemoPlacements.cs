using Exchange.Cli.Client;
using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Cli.Demo;

/// <summary>Refers workers, has some of them placed and confirmed, and compares what both sides know.</summary>
internal sealed class DemoPlacements(DemoContext demo)
{
    private readonly List<Placement> _placements = [];
    private Dictionary<string, Worker> _workers = [];

    /// <summary>Workers who were referred.</summary>
    public int Referred => _placements.Count;

    /// <summary>Workers whose start both sides know of.</summary>
    public int Placed { get; private set; }

    /// <summary>Refers workers to vacancies of the city, and looks at what the city sees of them.</summary>
    public async Task ReferAsync(CancellationToken cancellationToken)
    {
        _workers = await ChooseWorkersAsync(cancellationToken);
        var vacancies = await ChooseVacanciesAsync(cancellationToken);
        foreach (var (worker, i) in _workers.Keys.Select((id, i) => (id, i)))
        {
            _placements.Add(await RecordAsync(demo.Sending, PlacementEventType.Referred, new Placement
            {
                WorkerId = worker,
                VacancyId = vacancies[i % vacancies.Count],
            }, cancellationToken));
        }

        await demo.UntilAsync(
            "the referred workers reach the city",
            async () => await CountAsync(demo.Receiving, "worker", cancellationToken) >= Referred,
            cancellationToken);
        var seen = await WorkersAsync(demo.Receiving, pageSize: 1000, cancellationToken);
        var masked = seen.Count(worker => _workers.TryGetValue(worker.Key, out var whole)
            && DemoMask.Hides(whole, worker.Value));
        demo.Say($"   {Referred:N0} workers were referred and crossed, and only they; "
            + $"the city reads \"{seen.Values.FirstOrDefault()?.Name}\", {seen.Values.FirstOrDefault()?.IdNumber}.");
        demo.Checks.Check(
            "After a referral exactly the referred workers crossed",
            Referred > 0 && seen.Keys.ToHashSet().SetEquals(_workers.Keys),
            $"{seen.Count} seen, {Referred} referred");
        demo.Checks.Check(
            "What crossed is masked to what a placement needs", masked == Referred, $"{masked} of {Referred} masked");
    }

    /// <summary>The city offers, the workers depart, the city confirms their start.</summary>
    public async Task PlaceAsync(CancellationToken cancellationToken)
    {
        var placed = _placements.Take(DemoOptions.Placed).ToList();
        await StepAsync(demo.Receiving, placed, PlacementEventType.Offered, PlacementState.Offered, cancellationToken);
        await StepAsync(demo.Sending, placed, PlacementEventType.Departed, PlacementState.Departed, cancellationToken);
        await StepAsync(demo.Receiving, placed, PlacementEventType.Started, PlacementState.Working, cancellationToken);

        var home = await PlacementsAsync(demo.Sending, cancellationToken);
        var city = await PlacementsAsync(demo.Receiving, cancellationToken);
        Placed = home.Values.Count(placement => placement.State == PlacementState.Working);
        demo.Say($"   {Placed:N0} of them departed and started work, confirmed by {DemoOptions.Receiving}.");
        demo.Checks.Check(
            "The start of every placed worker is confirmed from the other side", Placed == placed.Count,
            $"{Placed} of {placed.Count}");
        demo.Checks.Check(
            "Both nodes compute the same state of every placement",
            home.Count == Referred && home.Count == city.Count && home.All(placement =>
                city.TryGetValue(placement.Key, out var other) && Same(placement.Value, other)),
            $"{home.Count} and {city.Count} of {Referred}");
    }

    private async Task StepAsync(
        NodeConnection writer,
        List<Placement> placed,
        PlacementEventType type,
        PlacementState state,
        CancellationToken cancellationToken)
    {
        foreach (var placement in placed)
        {
            await RecordAsync(writer, type, placement, cancellationToken);
        }

        var reader = writer == demo.Sending ? demo.Receiving : demo.Sending;
        await demo.UntilAsync(
            $"the other side sees {placed.Count} placements {state}",
            async () => (await PlacementsAsync(reader, cancellationToken)).Values
                .Count(placement => placement.State == state) == placed.Count,
            cancellationToken);
    }

    private async Task<Placement> RecordAsync(
        NodeConnection node, PlacementEventType type, Placement placement, CancellationToken cancellationToken)
    {
        var today = NodeIdentity.Today(demo.Time);
        var request = new RecordPlacementEventRequest
        {
            RequestId = Guid.NewGuid().ToString(),
            Event = new PlacementEvent
            {
                PlacementId = placement.Id,
                WorkerId = placement.WorkerId,
                VacancyId = placement.VacancyId,
                SendingNode = DemoOptions.Sending,
                ReceivingNode = DemoOptions.Receiving,
                Type = type,
                TransferBatch = type == PlacementEventType.Departed ? "demo-1" : "",
                HappenedDate = DateRules.ToDate(today),
            },
        };
        var recorded = await node.Placements.RecordPlacementEventAsync(request, cancellationToken: cancellationToken);
        return recorded.Placement;
    }

    private async Task<Dictionary<string, Worker>> ChooseWorkersAsync(CancellationToken cancellationToken)
    {
        var adult = NodeIdentity.Today(demo.Time).Year - 19;
        var all = await WorkersAsync(demo.Sending, pageSize: 1000, cancellationToken);
        return all.Where(worker => worker.Value.BirthDate.Year <= adult && worker.Value.Phone.Length > 0)
            .Take(DemoOptions.Referred)
            .ToDictionary();
    }

    private async Task<List<string>> ChooseVacanciesAsync(CancellationToken cancellationToken)
    {
        var filter = new VacancyFilter { HomeNode = DemoOptions.Receiving };
        var request = new ListVacanciesRequest { Filter = filter, PageSize = DemoOptions.Referred };
        var page = await demo.Sending.Vacancies.ListVacanciesAsync(request, cancellationToken: cancellationToken);
        return page.Vacancies.Count > 0
            ? [.. page.Vacancies.Select(vacancy => vacancy.Id)]
            : throw new CommandException(ExitCode.Failed, "The sending node holds no vacancy to refer anybody to.");
    }

    private static async Task<Dictionary<string, Worker>> WorkersAsync(
        NodeConnection node, int pageSize, CancellationToken cancellationToken)
    {
        // In the clear, or a mask that the line should have put on couldn't be told from that of the reading.
        var request = new ListRecordsRequest
        {
            Kind = "worker",
            PageSize = pageSize,
            UnmaskPurpose = "demo: compares what crossed",
        };
        var page = await node.Records.ListRecordsAsync(request, cancellationToken: cancellationToken);
        return page.Records.ToDictionary(record => record.Id, record => record.Payload.Unpack<Worker>());
    }

    private static async Task<Dictionary<string, Placement>> PlacementsAsync(
        NodeConnection node, CancellationToken cancellationToken)
    {
        var request = new ListPlacementsRequest { PageSize = 1000 };
        var page = await node.Placements.ListPlacementsAsync(request, cancellationToken: cancellationToken);
        return page.Placements.ToDictionary(placement => placement.Id);
    }

    private async Task<long> CountAsync(NodeConnection node, string kind, CancellationToken cancellationToken) =>
        (await demo.StatusAsync(node, cancellationToken)).Records.GetValueOrDefault(kind);

    private static bool Same(Placement ours, Placement theirs) =>
        ours.State == theirs.State && ours.Disputed == theirs.Disputed
        && ours.Events.Select(entry => entry.Id).SequenceEqual(theirs.Events.Select(entry => entry.Id));
}
