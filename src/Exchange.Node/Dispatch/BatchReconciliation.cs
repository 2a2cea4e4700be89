using Exchange.Node.Errors;
using Exchange.Node.Placements;
using Exchange.Node.Records;
using Exchange.Node.Workers;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Dispatch;

/// <summary>Holds the manifest of a batch against the events of its placements.</summary>
internal sealed class BatchReconciliation(IRecordStore store, RecordCodec codec, PlacementReader placements)
{
    private const int PageSize = 1000;

    /// <summary>How a batch stands.</summary>
    /// <param name="key">The batch.</param>
    /// <param name="reaches">Whether the caller reaches a worker; entries of others are left out.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ExchangeException">There is no such batch.</exception>
    public async Task<ReconcileBatchResponse> ReadAsync(
        RecordKey key, Func<RecordKey, ValueTask<bool>> reaches, CancellationToken cancellationToken)
    {
        var batch = await store.GetAsync(key, cancellationToken) is { IsTombstone: false } held
            ? codec.Decode(held).Payload.Unpack<DispatchBatch>()
            : throw ExchangeException.NotFound(key.Kind, key.Id.ToString());
        var response = new ReconcileBatchResponse { PlannedCount = batch.PlannedCount };
        var query = new RecordQuery(new ManifestEntryKind().Name)
        {
            Index = key.Kind,
            Value = key.Id.ToString(),
            Limit = PageSize,
        };
        await foreach (var stored in store.QueryAllAsync(query, cancellationToken))
        {
            // Of an erased or frozen entry nothing is left to reconcile.
            if (codec.Decode(stored).Payload?.Unpack<ManifestEntry>() is { } entry
                && await reaches(ReferenceRules.To(WorkerKind.KindName, entry.WorkerId).FirstOrDefault()))
            {
                response.Lines.Add(await LineAsync(stored.Key.Id, entry, batch.Number, cancellationToken));
            }
        }

        response.ListedCount = response.Lines.Count(line => line.Standing
            is not (ManifestStanding.StruckOff or ManifestStanding.StruckOffButDeparted));
        response.DepartedCount = response.Lines.Count(line => line.Standing
            is ManifestStanding.UnderWay or ManifestStanding.Arrived or ManifestStanding.StruckOffButDeparted);
        response.ArrivedCount = response.Lines.Count(line => line.Standing == ManifestStanding.Arrived);
        return response;
    }

    private async Task<ManifestLine> LineAsync(
        Guid id, ManifestEntry entry, string number, CancellationToken cancellationToken)
    {
        var events = await placements.FindAsync(entry.PlacementId, cancellationToken) is { } placement
            ? placement.Events.Where(one => !one.Voided && !one.Withheld).Select(one => one.Event).ToList()
            : [];
        return new ManifestLine
        {
            ManifestEntryId = id.ToString(),
            WorkerId = entry.WorkerId,
            PlacementId = entry.PlacementId,
            Standing = Standing(entry, events, number),
        };
    }

    private static ManifestStanding Standing(ManifestEntry entry, List<PlacementEvent> events, string number)
    {
        var departed = events.FindAll(one => one.Type == PlacementEventType.Departed);
        var isHere = departed.Exists(one => one.TransferBatch == number);
        var hasArrived = events.Exists(one => one.Type is PlacementEventType.Arrived or PlacementEventType.Started);
        if (entry.StruckOff)
        {
            return isHere ? ManifestStanding.StruckOffButDeparted : ManifestStanding.StruckOff;
        }

        return (isHere, hasArrived, departed.Count > 0) switch
        {
            (true, true, _) => ManifestStanding.Arrived,
            (true, false, _) => ManifestStanding.UnderWay,
            (false, false, false) => ManifestStanding.Expected,

            // The city may enter arrivals before the region enters departures.
            (false, true, false) => ManifestStanding.Arrived,
            _ => ManifestStanding.TravelledOtherwise,
        };
    }
}
