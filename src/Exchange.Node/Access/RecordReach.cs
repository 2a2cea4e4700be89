using Exchange.Node.Records;
using Exchange.Node.Vacancies;
using Exchange.Node.Workers;
using Exchange.Store;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Node.Access;

/// <summary>
/// Finds what a <see cref="Reach"/> needs to know of records. A record without a division of its own is where the
/// records are that it names: an event where its worker and its vacancy are.
/// </summary>
internal sealed class RecordReach(IRecordStore store, RecordCodec codec, RecordKinds kinds, IPersonTokens tokens)
{
    /// <summary>The reach of whoever makes a call.</summary>
    public CallReach Of(ServerCallContext context) => new(Caller.Of(context).Reach, this);

    /// <summary>Whether a stored record may be read.</summary>
    public async ValueTask<bool> ReadsAsync(Reach reach, StoredRecord stored, CancellationToken cancellationToken) =>
        reach.ReadsKind(stored.Key.Kind)
        && await FactsAsync(stored, cancellationToken) is { } facts
        && reach.Reads(facts);

    /// <summary>Whether the record of a key may be read; one that isn't here may not.</summary>
    public async ValueTask<bool> ReadsAsync(Reach reach, RecordKey key, CancellationToken cancellationToken) =>
        await store.GetAsync(key, cancellationToken) is { } stored
        && await ReadsAsync(reach, stored, cancellationToken);

    /// <summary>Whether a stored record is where the caller works, whatever its kind.</summary>
    public async ValueTask<bool> ReachesPlaceAsync(
        Reach reach, StoredRecord stored, CancellationToken cancellationToken) =>
        await FactsAsync(stored, cancellationToken) is { } facts && reach.ReachesPlace(facts);

    /// <summary>Whether a stored record may be written.</summary>
    public async ValueTask<bool> WritesAsync(Reach reach, StoredRecord stored, CancellationToken cancellationToken) =>
        await FactsAsync(stored, cancellationToken) is { } facts && reach.Writes(facts);

    /// <summary>Whether a record may be written as it will be.</summary>
    public async ValueTask<bool> WritesAsync(Reach reach, RecordDraft draft, CancellationToken cancellationToken)
    {
        if (draft.IsDelete)
        {
            return true;
        }

        var record = draft.Record;
        var divisions = DivisionsOf(record);
        if (divisions.Count == 0)
        {
            divisions = await NamedDivisionsAsync(draft.Facts.References, cancellationToken);
        }

        return reach.Writes(new ReachFacts(draft.Key.Kind, divisions, record.ExternalKey?.Source));
    }

    /// <summary>Whether a person's records may be touched: those that are the person's own, by its id.</summary>
    public async ValueTask<bool> ReadsSubjectAsync(Reach reach, Guid subject, CancellationToken cancellationToken)
    {
        foreach (var kind in kinds.All.Where(kind => kind.IsPersonal && !kind.NamesWorkers))
        {
            if (await ReadsAsync(reach, new RecordKey(kind.Name, subject), cancellationToken))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a placement may be read.</summary>
    public async ValueTask<bool> ReadsPlacementAsync(
        Reach reach, Placement placement, CancellationToken cancellationToken) =>
        reach.ReadsPlacement(
            await FactsAsync(WorkerKind.KindName, placement.WorkerId, cancellationToken),
            await FactsAsync(VacancyKind.KindName, placement.VacancyId, cancellationToken));

    // Of a record that is damaged nobody can tell where it is: whoever reaches a part only doesn't reach it.
    private async ValueTask<ReachFacts?> FactsAsync(StoredRecord stored, CancellationToken cancellationToken)
    {
        if (RecordCodec.TryEnvelope(stored) is not { } record)
        {
            return null;
        }

        var divisions = DivisionsOf(record);
        if (divisions.Count == 0)
        {
            divisions = await NamedDivisionsAsync(References(stored, record), cancellationToken);
        }

        return new ReachFacts(stored.Key.Kind, divisions, record.ExternalKey?.Source);
    }

    private async ValueTask<ReachFacts?> FactsAsync(string kind, string id, CancellationToken cancellationToken) =>
        ReferenceRules.IsId(id)
        && await store.GetAsync(new RecordKey(kind, Guid.Parse(id)), cancellationToken) is { } stored
        && RecordCodec.TryEnvelope(stored) is { } record
            ? new ReachFacts(kind, DivisionsOf(record), record.ExternalKey?.Source)
            : null;

    // What has no payload any more, or none that can be read, still says whom it is about.
    private IEnumerable<RecordKey> References(StoredRecord stored, Record record)
    {
        try
        {
            if (kinds.Find(stored.Key.Kind) is { } kind && codec.Decode(stored).Payload is { } payload)
            {
                return kind.Describe(stored.Key.Id, kind.Parse(payload.Value), tokens).References;
            }
        }
        catch (Exception exception) when (StoredDamage.Is(exception))
        {
            // Verifying tells of it.
        }

        return record.SubjectIds.SelectMany(id => ReferenceRules.To(WorkerKind.KindName, id));
    }

    private async ValueTask<IReadOnlyList<string>> NamedDivisionsAsync(
        IEnumerable<RecordKey> named, CancellationToken cancellationToken)
    {
        var found = await store.GetManyAsync([.. named], cancellationToken);
        return
        [
            .. found.OfType<StoredRecord>().Select(RecordCodec.TryEnvelope).OfType<Record>().SelectMany(DivisionsOf),
        ];
    }

    private static IReadOnlyList<string> DivisionsOf(Record record) =>
        [.. record.ScopeKeys.Where(key => key.Name == ScopeNames.Division).Select(key => key.Value)];
}
