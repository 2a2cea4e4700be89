using System.Runtime.CompilerServices;
using Exchange.Harness.Nodes;
using Exchange.Testing.Histories;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Harness.Load;

/// <summary>The three watches of a node, as a watcher notes them.</summary>
internal static class Watches
{
    /// <summary>Watches the vacancies that are open.</summary>
    public static WatchScope OpenVacancies { get; } = new(
        item => item.Key.StartsWith("vacancy ", StringComparison.Ordinal) ? item.Key : null,
        item => item.Tag == nameof(VacancyStatus.Open));

    /// <summary>Watches placements, whose states are computed from their events.</summary>
    public static WatchScope Placements { get; } = new(
        item => item.Key.StartsWith("placement_event ", StringComparison.Ordinal) ? item.Tag : null,
        _ => true,
        IsComputed: true);

    /// <summary>The filter of <see cref="OpenVacancies"/>.</summary>
    public static VacancyFilter OpenFilter => new() { Statuses = { VacancyStatus.Open } };

    public static Watcher.Subscribe Records(HarnessNode node) => (token, cancellation) => ReadAsync(
        node.Client.Records.WatchRecords(
            new WatchRecordsRequest { ResumeToken = token }, cancellationToken: cancellation),
        response => response.ResumeToken,
        response => response.EventCase switch
        {
            WatchRecordsResponse.EventOneofCase.Record => Shown(
                KeyOf(response.Record.Kind, response.Record.Id), response.Record.Etag, TagOf(response.Record)) with
            {
                // Versions begin with milliseconds; those of a partner's records say nothing of when they came here.
                Committed = response.Record.HomeNode == node.Id ? (long)(response.Record.Version.Clock >> 16) : 0,
            },
            WatchRecordsResponse.EventOneofCase.Removed => Gone(KeyOf(response.Removed.Kind, response.Removed.Id)),
            WatchRecordsResponse.EventOneofCase.SnapshotEnd => Mark(WatchedKind.SnapshotEnd),
            _ => Mark(WatchedKind.Bookmark),
        },
        cancellation);

    public static Watcher.Subscribe Vacancies(HarnessNode node) => (token, cancellation) => ReadAsync(
        node.Client.Vacancies.WatchVacancies(
            new WatchVacanciesRequest { ResumeToken = token, Filter = OpenFilter }, cancellationToken: cancellation),
        response => response.ResumeToken,
        response => response.EventCase switch
        {
            WatchVacanciesResponse.EventOneofCase.Vacancy => Shown(
                KeyOf("vacancy", response.Vacancy.Id), response.Vacancy.Etag, $"{response.Vacancy.Vacancy.Status}"),
            WatchVacanciesResponse.EventOneofCase.Removed => Gone(KeyOf("vacancy", response.Removed.Id)),
            WatchVacanciesResponse.EventOneofCase.SnapshotEnd => Mark(WatchedKind.SnapshotEnd),
            _ => Mark(WatchedKind.Bookmark),
        },
        cancellation);

    public static Watcher.Subscribe States(HarnessNode node) => (token, cancellation) => ReadAsync(
        node.Client.Placements.WatchPlacements(
            new WatchPlacementsRequest { ResumeToken = token }, cancellationToken: cancellation),
        response => response.ResumeToken,
        response => response.EventCase switch
        {
            WatchPlacementsResponse.EventOneofCase.Placement => Shown(response.Placement.Id, StateOf(response.Placement), ""),
            WatchPlacementsResponse.EventOneofCase.Removed => Gone(response.Removed.Id),
            WatchPlacementsResponse.EventOneofCase.SnapshotEnd => Mark(WatchedKind.SnapshotEnd),
            _ => Mark(WatchedKind.Bookmark),
        },
        cancellation);

    /// <summary>The name of a record among those of all kinds.</summary>
    public static string KeyOf(string kind, string id) => $"{kind} {id}";

    /// <summary>A placement's state with the events that it was computed from.</summary>
    public static string StateOf(Placement placement) =>
        $"{placement.State} {placement.Disputed} {string.Join(' ', placement.Events.Select(entry => entry.Id))}";

    // What the other watches go by.
    private static string TagOf(Record record) => record.Kind switch
    {
        "vacancy" => $"{record.Payload.Unpack<Vacancy>().Status}",
        "placement_event" => record.Payload.Unpack<PlacementEvent>().PlacementId,
        _ => "",
    };

    private static async IAsyncEnumerable<(string Token, Watched Item)> ReadAsync<T>(
        AsyncServerStreamingCall<T> call,
        Func<T, string> tokenOf,
        Func<T, Watched> itemOf,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using (call)
        {
            await foreach (var response in call.ResponseStream.ReadAllAsync(cancellationToken))
            {
                var token = tokenOf(response);
                var item = itemOf(response) with
                {
                    Point = WatchPoint.Read(token),
                    Received = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(),
                };
                yield return (token, item);
            }
        }
    }

    private static Watched Shown(string key, string version, string tag) => new(WatchedKind.Shown, default, key, version, tag);

    private static Watched Gone(string key) => new(WatchedKind.Removed, default, key);

    private static Watched Mark(WatchedKind kind) => new(kind, default);
}
