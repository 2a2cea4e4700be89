using System.Collections.Concurrent;
using Exchange.Harness.Nodes;
using Exchange.V1;

namespace Exchange.Harness.Load;

/// <summary>Refers workers to vacancies that the region has heard of, and sends off those who were made an offer.</summary>
internal sealed class RegionDesk(HarnessNode node, RegionClerk clerk, int seed) : PlacementDesk(node, seed)
{
    private const int MostReferred = 80;

    /// <summary>The workers whom the city may see: those for whom a referral was at least tried.</summary>
    public ConcurrentDictionary<string, byte> Referred { get; } = new();

    protected override PlacementEventType? After(PlacementState state) =>
        state == PlacementState.Offered ? PlacementEventType.Departed : null;

    protected override async Task WriteAsync(CancellationToken quiet)
    {
        await base.WriteAsync(quiet);
        var workers = clerk.Ids.Values.Where(id => !Referred.ContainsKey(id)).Order(StringComparer.Ordinal).ToList();
        var request = new ListVacanciesRequest { PageSize = 50 };
        if (workers.Count == 0 || Referred.Count >= MostReferred || quiet.IsCancellationRequested
            || await AskAsync(options => Node.Client.Vacancies.ListVacanciesAsync(request, options).ResponseAsync)
                is not { Vacancies.Count: > 0 } page)
        {
            return;
        }

        var worker = workers[Dice.Next(workers.Count)];
        Referred[worker] = 0;
        await RecordAsync("", worker, page.Vacancies[Dice.Next(page.Vacancies.Count)].Id, PlacementEventType.Referred);
    }
}
