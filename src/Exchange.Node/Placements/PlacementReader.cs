using Exchange.Node.Records;
using Exchange.Node.Vacancies;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Placements;

/// <summary>Computes placements from the events that this node holds.</summary>
internal sealed class PlacementReader(IRecordStore store, RecordCodec codec, PlacementFlags flags)
{
    // No placement has a thousand events; a store that says otherwise is read whole all the same.
    private const int PageSize = 1000;

    private static readonly Guid LastId = new([.. Enumerable.Repeat((byte)0xff, 16)]);

    /// <summary>Returns the placement, or null if no event of it is known.</summary>
    public async Task<Placement?> FindAsync(string placementId, CancellationToken cancellationToken)
    {
        var stored = await EventsAsync(placementId, cancellationToken);
        var events = stored.ConvertAll(Observe);
        if (events.Count == 0)
        {
            return null;
        }

        var placement = PlacementStates.Compute(events);
        placement.VacancySourceId = await SourceIdAsync(placement.VacancyId, cancellationToken);
        await flags.SetAsync([placement], cancellationToken);
        return placement;
    }

    /// <summary>Returns where the events of a placement stand in the feed; computes it when asked to.</summary>
    public async Task<SeenPlacement> SeeAsync(string placementId, CancellationToken cancellationToken)
    {
        var events = await EventsAsync(placementId, cancellationToken);

        // Not under the watcher's token: another watcher may wait for the same.
        return new SeenPlacement(
            [.. events.Select(stored => stored.Position)], () => FindAsync(placementId, CancellationToken.None));
    }

    private ValueTask<List<StoredRecord>> EventsAsync(string placementId, CancellationToken cancellationToken) =>
        store.QueryAllAsync(
            new RecordQuery(PlacementEventKind.KindName)
            {
                Index = IndexNames.Placement,
                Value = placementId,
                Limit = PageSize,
            },
            cancellationToken).ToListAsync(cancellationToken);

    /// <summary>
    /// Returns placements by rising id behind a cursor, some at a time, and where to go on; null at the end.
    /// </summary>
    public async Task<(IReadOnlyList<Placement> Placements, QueryCursor? Next)> ReadAsync(
        QueryCursor? after, CancellationToken cancellationToken)
    {
        var query = new RecordQuery(PlacementEventKind.KindName)
        {
            Index = IndexNames.Placement,
            IsPrefix = true,
            After = after,
            Limit = PageSize,
        };
        var page = await store.QueryAsync(query, cancellationToken);
        var groups = page.Records.Select(Observe).GroupBy(e => e.Event.PlacementId).ToList();

        // The index orders events by placement, so only the last group of a page can lack some of its events.
        var next = page.Next;
        if (next is not null && groups.Count > 1)
        {
            groups.RemoveAt(groups.Count - 1);
            next = new QueryCursor(groups[^1].Key, LastId);
        }

        var placements = new List<Placement>(groups.Count);
        foreach (var group in groups)
        {
            var placement = PlacementStates.Compute([.. group]);
            placement.VacancySourceId = await SourceIdAsync(placement.VacancyId, cancellationToken);
            placements.Add(placement);
        }

        await flags.SetAsync(placements, cancellationToken);
        return (placements, next);
    }

    /// <summary>Where a list goes on behind a placement.</summary>
    public static QueryCursor Behind(Placement placement) => new(placement.Id, LastId);

    private ObservedEvent Observe(StoredRecord stored)
    {
        var record = codec.TryDecode(stored);
        if (record?.Payload is { } payload)
        {
            return new ObservedEvent(
                record.Id, record.HomeNode, stored.Version.Clock, PlacementEvent.Parser.ParseFrom(payload.Value));
        }

        var envelope = record ?? RecordCodec.TryEnvelope(stored) ?? new Record { HomeNode = stored.Version.Node };
        return new ObservedEvent(
            stored.Key.Id.ToString(), envelope.HomeNode, stored.Version.Clock, FromEnvelope(stored, envelope))
        {
            IsWithheld = true,
        };
    }

    // A frozen or erased event has no payload, and a damaged one none that can be read. Its keys say which placement it
    // belongs to, its subject whose it is.
    private static PlacementEvent FromEnvelope(StoredRecord stored, Record record) => new()
    {
        PlacementId = stored.Keys.FirstOrDefault(key => key.Name == IndexNames.Placement).Value ?? "",
        WorkerId = record.SubjectIds.FirstOrDefault() ?? "",
    };

    private async Task<string> SourceIdAsync(string vacancyId, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(vacancyId, out var id))
        {
            return "";
        }

        var vacancy = await store.GetAsync(new RecordKey(VacancyKind.KindName, id), cancellationToken);
        return vacancy is null ? "" : RecordCodec.TryEnvelope(vacancy)?.ExternalKey?.SourceId ?? "";
    }
}
