using Exchange.Harness.Load;
using Exchange.Harness.Nodes;
using Exchange.Testing.Histories;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Harness;

/// <summary>What must hold once everything is quiet.</summary>
internal sealed class FinalChecks(HarnessSite site, HarnessLoad load)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Everything that doesn't hold.</summary>
    public async Task<IReadOnlyList<Finding>> RunAsync()
    {
        var findings = new List<Finding>();
        await SyncUntilQuietAsync();
        var verified = await SyncAsync(verify: true);
        var region = await FinalState.ReadAsync(site.Region);
        var city = await FinalState.ReadAsync(site.City);

        findings.AddRange(ReplicationCheck.Run(ToCity(region, city, verified)));
        findings.AddRange(ReplicationCheck.Run(FromCity(region, city)));
        findings.AddRange(ComparePlacements(region, city));
        foreach (var (node, watcher) in load.Watchers)
        {
            await AwaitAsync(watcher, node == site.Region ? region : city, findings);
        }

        await load.EndAsync();
        foreach (var node in new[] { site.Region, site.City })
        {
            var histories = load.Watchers.Where(entry => entry.Node == node).Select(entry => entry.Watcher.History);
            findings.AddRange(WatchHistoryCheck.Run([.. histories]));
        }

        var refused = load.Clerks.SelectMany(clerk => clerk.Refused)
            .Concat(load.Watchers.SelectMany(entry => entry.Watcher.Refused));
        findings.AddRange(refused
            .DistinctBy(words => words.Split(':')[^1])
            .Select(words => new Finding("refused", "a client", words)));
        if (site.Tap.Controls == 0)
        {
            findings.Add(new Finding("tap", "the line", "It read nothing, not even what always crosses."));
        }

        return findings;
    }

    // Two sessions in a row that carry nothing.
    private async Task SyncUntilQuietAsync()
    {
        for (var (empty, start) = (0, TimeProvider.System.GetTimestamp());
            empty < 2 && TimeProvider.System.GetElapsedTime(start) < Patience;)
        {
            var session = await SyncAsync(verify: false);
            empty = session.SentCount + session.ReceivedCount == 0 ? empty + 1 : 0;
        }
    }

    private async Task<SyncNowResponse> SyncAsync(bool verify)
    {
        for (var start = TimeProvider.System.GetTimestamp(); ;)
        {
            try
            {
                return await site.Region.Client.Nodes.SyncNowAsync(new SyncNowRequest { Peer = site.City.Id, Verify = verify });
            }
            catch (RpcException) when (TimeProvider.System.GetElapsedTime(start) < Patience)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, CancellationToken.None);
            }
        }
    }

    private Replicated ToCity(FinalState region, FinalState city, SyncNowResponse verified)
    {
        var events = region.Records.Where(record => record.Kind == "placement_event" && record.HomeNode == site.Region.Id);
        return new Replicated($"{site.Region.Id} to {site.City.Id}")
        {
            Acknowledged = [.. load.Workers.Acknowledged, .. load.Region.Acknowledged],
            Home = [.. Of(region, site.Region)],
            Partner = [.. Of(city, site.Region).Select(Masked)],
            Scope = events.Select(record => record.Id).Concat(load.Region.Referred.Keys).ToHashSet(),
            SeenOnTheWire = site.Tap.IdNumbers,
            Digests = (verified.DigestsMatch && verified.Recounted, verified.RepairCount),
        };
    }

    private Replicated FromCity(FinalState region, FinalState city) => new($"{site.City.Id} to {site.Region.Id}")
    {
        Acknowledged = [.. load.Vacancies.Acknowledged, .. load.City.Acknowledged],
        Home = [.. Of(city, site.City)],
        Partner = [.. Of(region, site.City)],
    };

    private static IEnumerable<RecordCopy> Of(FinalState state, HarnessNode home) =>
        state.Records.Where(record => record.HomeNode == home.Id).Select(ToHolding);

    private static RecordCopy ToHolding(Record record)
    {
        var (key, content) = record.Kind switch
        {
            "worker" when record.Payload.Unpack<Worker>() is var worker => (worker.IdNumber, worker.Phone),
            "vacancy" when record.Payload.Unpack<Vacancy>() is var vacancy => (record.ExternalKey.SourceId, vacancy.Title),
            _ when record.Payload.Unpack<PlacementEvent>() is var placed =>
                ($"{placed.WorkerId} {placed.Type}", placed.PlacementId),
            _ => ("", ""),
        };
        return new RecordCopy(record.Id, key, content, $"{record.Version.Clock} {record.Version.Node}");
    }

    // Two people may look alike once they are masked.
    private static RecordCopy Masked(RecordCopy record) =>
        record.Key.Contains('*', StringComparison.Ordinal) ? record with { Key = "" } : record;

    private static IEnumerable<Finding> ComparePlacements(FinalState region, FinalState city) =>
        region.Placements.Keys.Union(city.Placements.Keys)
            .Where(id => region.Placements.GetValueOrDefault(id) != city.Placements.GetValueOrDefault(id))
            .Select(id => new Finding(
                "placement states",
                "both",
                $"{id}: {region.Placements.GetValueOrDefault(id)} and {city.Placements.GetValueOrDefault(id)}."));

    // It may be on the way still; what it holds in the end is what its node holds.
    private static async Task AwaitAsync(Watcher watcher, FinalState state, List<Finding> findings)
    {
        var wanted = state.SeenBy(watcher);
        for (var start = TimeProvider.System.GetTimestamp(); ;)
        {
            var held = watcher.Held.ToDictionary();
            var wrong = wanted.Keys.Union(held.Keys)
                .Where(key => wanted.GetValueOrDefault(key) != held.GetValueOrDefault(key))
                .ToList();
            if (wrong.Count == 0)
            {
                return;
            }

            if (TimeProvider.System.GetElapsedTime(start) > Patience)
            {
                findings.Add(new Finding(
                    "end of watch",
                    watcher.Name,
                    $"{wrong.Count} differ from the store, such as {wrong[0]}: holds {held.GetValueOrDefault(wrong[0])}, "
                    + $"not {wanted.GetValueOrDefault(wrong[0])}."));
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, CancellationToken.None);
        }
    }
}
