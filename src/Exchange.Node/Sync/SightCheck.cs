using Exchange.Node.Placements;
using Exchange.Node.Records;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>
/// Whether anything still lets a peer see a person, after an event was voided or deleted: one event that holds, written
/// by the person's home, that names the peer. Asked only in that doubt; otherwise the sighting itself is enough.
/// </summary>
internal sealed class SightCheck(IRecordStore store, RecordCodec codec, FlowTerms terms)
{
    private const int PageSize = 1000;

    /// <summary>Whether the peer may still see the person; null when an event is damaged and nobody can tell.</summary>
    /// <param name="person">The person's record.</param>
    /// <param name="home">The person's home.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<bool?> StandsAsync(RecordKey person, string home, CancellationToken cancellationToken)
    {
        var events = new List<ObservedEvent>();
        var query = new RecordQuery(PlacementEventKind.KindName)
        {
            Index = IndexNames.Subject,
            Value = person.Id.ToString(),
            Limit = PageSize,
        };
        await foreach (var stored in store.QueryAllAsync(query, cancellationToken))
        {
            try
            {
                if (ObservedEvent.Read(codec.Decode(stored)) is { } seen)
                {
                    events.Add(seen);
                }
            }
            catch (Exception exception) when (StoredDamage.Is(exception))
            {
                // It may be the one that holds, or the one that voids it.
                return null;
            }
        }

        return events.GroupBy(seen => seen.Event.PlacementId).Any(placement => Stands(placement, home));
    }

    private bool Stands(IEnumerable<ObservedEvent> placement, string home)
    {
        var events = placement.ToList();
        var voids = new PlacementVoids(events);
        return events.Exists(seen => Names(seen, home) && !voids.IsVoid(seen));
    }

    private bool Names(ObservedEvent seen, string home) =>
        seen.HomeNode == home
        && seen.Type != PlacementEventType.RecordedInError
        && (terms.Recipients.Contains(seen.Event.SendingNode) || terms.Recipients.Contains(seen.Event.ReceivingNode));
}
