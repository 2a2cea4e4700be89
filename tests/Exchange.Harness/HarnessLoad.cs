using Exchange.Harness.Load;
using Exchange.Harness.Nodes;
using Exchange.Testing.Histories;

namespace Exchange.Harness;

/// <summary>Everybody who works with the two nodes while faults are injected.</summary>
internal sealed class HarnessLoad
{
    private readonly CancellationTokenSource _quiet = new();
    private readonly CancellationTokenSource _end = new();
    private readonly List<Task> _writing = [];
    private readonly List<Task> _watching = [];

    public HarnessLoad(HarnessSite site, int seed)
    {
        Workers = new RegionClerk(site.Region, seed + 1);
        Vacancies = new CityPublisher(site.City, seed + 2);
        Region = new RegionDesk(site.Region, Workers, seed + 3);
        City = new CityDesk(site.City, seed + 4);
        Watchers =
        [
            .. new[] { site.Region, site.City }.SelectMany((node, i) => WatchersOf(node, seed + 10 + (10 * i))),
        ];
    }

    public RegionClerk Workers { get; }

    public CityPublisher Vacancies { get; }

    public RegionDesk Region { get; }

    public CityDesk City { get; }

    public IReadOnlyList<Clerk> Clerks => [Workers, Vacancies, Region, City];

    /// <summary>The watchers with their nodes.</summary>
    public IReadOnlyList<(HarnessNode Node, Watcher Watcher)> Watchers { get; }

    public void Start()
    {
        _writing.AddRange(Clerks.Select(clerk => clerk.RunAsync(_quiet.Token)));
        _watching.AddRange(Watchers.Select(entry => entry.Watcher.RunAsync(_end.Token)));
    }

    /// <summary>Lets the writers end once everything that they wrote is answered.</summary>
    public async Task QuietAsync()
    {
        await _quiet.CancelAsync();
        await Task.WhenAll(_writing).WaitAsync(TimeSpan.FromMinutes(2));
    }

    /// <summary>Ends the watches.</summary>
    public async Task EndAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_watching).WaitAsync(TimeSpan.FromMinutes(1));
    }

    private static IEnumerable<(HarnessNode Node, Watcher Watcher)> WatchersOf(HarnessNode node, int seed)
    {
        yield return (node, new Watcher($"{node.Id} records 1", WatchScope.Everything, Watches.Records(node), seed));
        yield return (node, new Watcher($"{node.Id} records 2", WatchScope.Everything, Watches.Records(node), seed + 1));
        yield return (node, new Watcher($"{node.Id} open vacancies", Watches.OpenVacancies, Watches.Vacancies(node), seed + 2));
        yield return (node, new Watcher($"{node.Id} placements", Watches.Placements, Watches.States(node), seed + 3));
    }
}
