using Exchange.Node.Records;
using Exchange.Node.Vacancies;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Placements;

/// <summary>
/// What a placement can't tell from its own events: that its referral went beyond the quotas, and that its worker has
/// another one under way. Flags for people; nothing is ever refused for them.
/// </summary>
internal sealed class PlacementFlags(IRecordStore store, RecordCodec codec, ReferralQuotas quotas)
{
    private const int PageSize = 1000;

    /// <summary>Sets the flags of some placements.</summary>
    public async Task SetAsync(IReadOnlyList<Placement> placements, CancellationToken cancellationToken)
    {
        await SetQuotasAsync(placements, cancellationToken);
        var others = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var placement in placements.Where(IsActive))
        {
            if (!others.TryGetValue(placement.WorkerId, out var active))
            {
                others[placement.WorkerId] = active = await ActiveAsync(placement.WorkerId, cancellationToken);
            }

            placement.OtherActivePlacementIds.AddRange(active.Where(id => id != placement.Id));
        }
    }

    private async Task SetQuotasAsync(IReadOnlyList<Placement> placements, CancellationToken cancellationToken)
    {
        var status = placements.Count == 0 ? null : await store.GetStatusAsync(cancellationToken);
        if (status?.Kinds.GetValueOrDefault(VacancyQuotaKind.KindName).Live is null or 0)
        {
            return;
        }

        var over = new Dictionary<(string, string), IReadOnlySet<string>>();
        foreach (var placement in placements)
        {
            var referral = placement.Events.FirstOrDefault(e => !e.Voided
                && e.Event.Type == PlacementEventType.Referred && ReferenceRules.IsId(e.Event.VacancyId));
            if (referral is null)
            {
                continue;
            }

            var limit = (referral.Event.VacancyId, referral.Event.SendingNode);
            if (!over.TryGetValue(limit, out var beyond))
            {
                over[limit] = beyond = await quotas.OverAsync(limit.VacancyId, limit.SendingNode, cancellationToken);
            }

            placement.OverQuota = beyond.Contains(placement.Id);
        }
    }

    private async Task<IReadOnlyList<string>> ActiveAsync(string worker, CancellationToken cancellationToken)
    {
        var query = new RecordQuery(PlacementEventKind.KindName)
        {
            Index = IndexNames.Subject,
            Value = worker,
            Limit = PageSize,
        };
        var records = await store.QueryAllAsync(query, cancellationToken).ToListAsync(cancellationToken);

        // Most workers have one placement: then no payload is opened.
        var placements = records.ToLookup(
            record => record.Keys.FirstOrDefault(key => key.Name == IndexNames.Placement).Value);
        return placements.Count < 2
            ? []
            :
            [
                .. placements
                    .Where(IsActive)
                    .Select(events => events.Key)
                    .OfType<string>()
                    .Order(StringComparer.Ordinal),
            ];
    }

    private bool IsActive(IEnumerable<StoredRecord> stored)
    {
        var events = stored.Select(record => ObservedEvent.Read(codec, record)).OfType<ObservedEvent>().ToList();
        return events.Count > 0 && IsActive(PlacementStates.Compute(events));
    }

    // A worker may be referred to several vacancies at once, but be on the way to only one.
    private static bool IsActive(Placement placement) => placement.State is PlacementState.Departed
        or PlacementState.Arrived or PlacementState.Working or PlacementState.Stable3Months
        or PlacementState.Stable6Months;
}
