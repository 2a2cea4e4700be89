using Exchange.Harness.Load;
using Exchange.Harness.Nodes;
using Exchange.V1;

namespace Exchange.Harness;

/// <summary>What a node holds in the end, read by the same calls that its clients have.</summary>
/// <param name="Records">Every live record of the kinds that are written.</param>
/// <param name="Placements">Every placement's state, by id.</param>
internal sealed record FinalState(IReadOnlyList<Record> Records, IReadOnlyDictionary<string, string> Placements)
{
    public static async Task<FinalState> ReadAsync(HarnessNode node)
    {
        var records = new List<Record>();
        foreach (var kind in new[] { "worker", "vacancy", "placement_event" })
        {
            var request = new ListRecordsRequest
            {
                Kind = kind,
                PageSize = 500,
                UnmaskPurpose = "harness: compares what crossed",
            };
            do
            {
                var page = await node.Client.Records.ListRecordsAsync(request);
                records.AddRange(page.Records);
                request.PageToken = page.NextPageToken;
            }
            while (request.PageToken.Length > 0);
        }

        var placements = await node.Client.Placements.ListPlacementsAsync(new ListPlacementsRequest { PageSize = 1000 });
        return new FinalState(records, placements.Placements.ToDictionary(placement => placement.Id, Watches.StateOf));
    }

    /// <summary>What a watcher of a node should hold in the end.</summary>
    public IReadOnlyDictionary<string, string> SeenBy(Watcher watcher)
    {
        if (watcher.Name.EndsWith("placements", StringComparison.Ordinal))
        {
            return Placements;
        }

        var open = watcher.Name.EndsWith("vacancies", StringComparison.Ordinal);
        return Records
            .Where(record => !open
                || (record.Kind == "vacancy" && record.Payload.Unpack<Vacancy>().Status == VacancyStatus.Open))
            .ToDictionary(record => Watches.KeyOf(record.Kind, record.Id), record => record.Etag);
    }
}
