using System.Globalization;
using System.Text;
using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.Node.Vacancies;
using Exchange.Store;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Node.Placements;

/// <summary>
/// Holds this node's referrals against the quotas that vacancies' homes granted, and tells which placements went
/// beyond. A vacancy without a quota for a node has no limit for it.
/// </summary>
internal sealed class ReferralQuotas(IRecordStore store, RecordCodec codec, NodeIdentity node)
{
    /// <summary>
    /// The collection that lets one referral to a vacancy be counted at a time: vacancy and node to the last referral.
    /// </summary>
    public const string Turns = "quota-turns";

    private const int PageSize = 1000;

    /// <summary>Checks that a local referral may be written.</summary>
    /// <returns>
    /// What to write with it, so that no other is counted meanwhile; nothing where no quota limits it.
    /// </returns>
    /// <exception cref="ExchangeException">No quota is left for it.</exception>
    public async Task<IReadOnlyList<EntryWrite>> TakeAsync(RecordDraft draft, CancellationToken cancellationToken)
    {
        if (draft is { IsDelete: true } or { IsUnchanged: true } || draft.Key.Kind != PlacementEventKind.KindName)
        {
            return [];
        }

        var given = PlacementEvent.Parser.ParseFrom(draft.Record.Payload.Value);
        if (given.Type != PlacementEventType.Referred || DateRules.Day(given.HappenedDate) is not { } day)
        {
            return [];
        }

        ReadOnlyMemory<byte> turn = Encoding.UTF8.GetBytes($"{given.VacancyId}/{node.Id}");
        var standing = await store.GetEntriesAsync(Turns, [turn], cancellationToken);
        var grants = await GrantsAsync(given.VacancyId, node.Id, cancellationToken);
        if (grants.Count == 0)
        {
            return [];
        }

        var taken = await ReferralsAsync(given.VacancyId, node.Id, cancellationToken);
        var own = new Referral(given.PlacementId, day, ulong.MaxValue, node.Id, draft.Key.Id.ToString());
        if (QuotaLedger.Over(grants, [.. taken, own]).Count > QuotaLedger.Over(grants, taken).Count)
        {
            throw Exhausted(given.VacancyId, day, grants, taken.Count);
        }

        return [new EntryWrite(Turns, turn, draft.Key.Id.ToByteArray(), new EntryExpectation(standing[0]))];
    }

    /// <summary>The placements that a node referred to a vacancy beyond its quotas; none where it has none.</summary>
    public async Task<IReadOnlySet<string>> OverAsync(
        string vacancy, string partner, CancellationToken cancellationToken)
    {
        var grants = await GrantsAsync(vacancy, partner, cancellationToken);
        return grants.Count == 0
            ? new HashSet<string>()
            : QuotaLedger.Over(grants, await ReferralsAsync(vacancy, partner, cancellationToken));
    }

    private async Task<List<Grant>> GrantsAsync(string vacancy, string partner, CancellationToken cancellationToken)
    {
        var grants = new List<Grant>();
        var stored = await ReadAsync(VacancyQuotaKind.KindName, IndexNames.Vacancy, vacancy, cancellationToken);
        if (stored.Count == 0)
        {
            return grants;
        }

        var home = await HomeOfAsync(vacancy, cancellationToken);
        foreach (var record in stored.Select(codec.Decode))
        {
            // Only the vacancy's home grants; what another node says of it doesn't count.
            if (record.Payload is not null && (home is null || home == record.HomeNode)
                && VacancyQuota.Parser.ParseFrom(record.Payload.Value) is { } quota && quota.PartnerNode == partner)
            {
                grants.Add(new Grant(quota.Referrals, DateRules.Day(quota.ExpireDate) ?? DateOnly.MinValue));
            }
        }

        return grants;
    }

    private async Task<List<Referral>> ReferralsAsync(
        string vacancy, string partner, CancellationToken cancellationToken)
    {
        var referrals = new List<Referral>();
        var stored = await ReadAsync(PlacementEventKind.KindName, IndexNames.Vacancy, vacancy, cancellationToken);
        foreach (var referred in stored.Select(record => ObservedEvent.Read(codec, record)))
        {
            // One that was recorded in error takes nothing.
            if (referred?.Event.SendingNode == partner && !await IsVoidAsync(referred, cancellationToken))
            {
                referrals.Add(new Referral(
                    referred.Event.PlacementId,
                    referred.Day ?? DateOnly.MinValue,
                    referred.Clock,
                    referred.HomeNode,
                    referred.Id));
            }
        }

        return referrals;
    }

    private async Task<bool> IsVoidAsync(ObservedEvent referred, CancellationToken cancellationToken)
    {
        var stored = await ReadAsync(
            PlacementEventKind.KindName, IndexNames.Placement, referred.Event.PlacementId, cancellationToken);
        var events = stored.Select(record => ObservedEvent.Read(codec, record)).OfType<ObservedEvent>().ToList();
        return new PlacementVoids(events).IsVoid(referred);
    }

    private async Task<string?> HomeOfAsync(string vacancy, CancellationToken cancellationToken)
    {
        var key = new RecordKey(VacancyKind.KindName, Guid.ParseExact(vacancy, "D"));
        return await store.GetAsync(key, cancellationToken) is { IsTombstone: false } stored
            ? RecordCodec.TryEnvelope(stored)?.HomeNode
            : null;
    }

    private ValueTask<List<StoredRecord>> ReadAsync(
        string kind, string index, string value, CancellationToken cancellationToken) =>
        store.QueryAllAsync(
            new RecordQuery(kind) { Index = index, Value = value, Limit = PageSize },
            cancellationToken).ToListAsync(cancellationToken);

    private static ExchangeException Exhausted(string vacancy, DateOnly day, List<Grant> grants, int taken)
    {
        var granted = grants.Where(grant => grant.LastDay >= day).Sum(grant => grant.Referrals);
        return new ExchangeException(
            StatusCode.FailedPrecondition,
            ErrorReason.QuotaExhausted,
            string.Create(
                CultureInfo.InvariantCulture,
                $"The vacancy's home granted {granted} referrals for {day:O}, and {taken} were made. Ask it for more."),
            ("vacancy", vacancy),
            ("granted", granted.ToString(CultureInfo.InvariantCulture)),
            ("used", taken.ToString(CultureInfo.InvariantCulture)),
            ("day", day.ToString("O", CultureInfo.InvariantCulture)));
    }
}
