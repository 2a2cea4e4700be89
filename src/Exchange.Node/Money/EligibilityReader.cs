using Exchange.Node.Agreements;
using Exchange.Node.Errors;
using Exchange.Node.Placements;
using Exchange.Node.Records;
using Exchange.Node.Vacancies;
using Exchange.Node.Workers;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Money;

/// <summary>Gathers what is known of a claim.</summary>
internal sealed class EligibilityReader(
    IRecordStore store, RecordCodec codec, PlacementReader placements, NodeIdentity identity)
{
    private const int PageSize = 1000;

    private static readonly string PolicyKind = new SubsidyPolicyKind().Name;
    private static readonly string PaymentKind = new SubsidyPaymentKind().Name;

    /// <summary>Reads the facts.</summary>
    /// <exception cref="ExchangeException">There is no such policy or placement.</exception>
    public async Task<EligibilityFacts> ReadAsync(
        Guid policyId, string placementId, DateOnly day, CancellationToken cancellationToken)
    {
        var policy = await FindAsync<SubsidyPolicy>(new RecordKey(PolicyKind, policyId), cancellationToken)
            ?? throw ExchangeException.NotFound(PolicyKind, policyId.ToString());
        var placement = await placements.FindAsync(placementId, cancellationToken)
            ?? throw ExchangeException.NotFound("placement", placementId);
        var worker = ReferenceRules.IsId(placement.WorkerId)
            ? await store.GetAsync(
                new RecordKey(WorkerKind.KindName, Guid.ParseExact(placement.WorkerId, "D")), cancellationToken)
            : null;
        var vacancy = ReferenceRules.IsId(placement.VacancyId)
            ? await store.GetAsync(
                new RecordKey(VacancyKind.KindName, Guid.ParseExact(placement.VacancyId, "D")), cancellationToken)
            : null;
        var paid = await PaidAsync(policy.Name, placement.WorkerId, cancellationToken);
        return new EligibilityFacts(
            policy,
            placement,
            TryRead<Worker>(worker),
            worker is not null && RecordCodec.TryEnvelope(worker) is { } envelope && IsPart(envelope),
            PlaceRules.Code(TryRead<Vacancy>(vacancy)?.WorkPlace),
            paid,
            day);
    }

    // Both sides may pay, and versions of one policy follow each other, so that a payment by any node under any version
    // counts.
    private async Task<List<SubsidyPayment>> PaidAsync(
        string policyName, string workerId, CancellationToken cancellationToken)
    {
        var paid = new List<SubsidyPayment>();
        var query = new RecordQuery(PaymentKind) { Index = IndexNames.Subject, Value = workerId, Limit = PageSize };
        await foreach (var stored in store.QueryAllAsync(query, cancellationToken))
        {
            // A damaged one says so and isn't left out: it would be paid once more.
            if (codec.Decode(stored).Payload is { } payload
                && payload.Unpack<SubsidyPayment>() is { } payment
                && PaymentChecks.Counts(payment)
                && await FindAsync<SubsidyPolicy>(PolicyKind, payment.SubsidyPolicyId, cancellationToken) is { } policy
                && policy.Name == policyName)
            {
                paid.Add(payment);
            }
        }

        return paid;
    }

    private bool IsPart(Record record) =>
        record.HomeNode != identity.Id && !AgreementProfiles.IsWhole(record);

    private Task<T?> FindAsync<T>(string kind, string id, CancellationToken cancellationToken)
        where T : class, IMessage<T>, new() =>
        ReferenceRules.IsId(id)
            ? FindAsync<T>(new RecordKey(kind, Guid.ParseExact(id, "D")), cancellationToken)
            : Task.FromResult<T?>(null);

    private async Task<T?> FindAsync<T>(RecordKey key, CancellationToken cancellationToken)
        where T : class, IMessage<T>, new() =>
        Read<T>(await store.GetAsync(key, cancellationToken));

    // Of a damaged worker or vacancy nothing is known, as of one that isn't here.
    private T? TryRead<T>(StoredRecord? stored)
        where T : class, IMessage<T>, new() =>
        stored is { IsTombstone: false } ? codec.TryDecode(stored)?.Payload?.Unpack<T>() : null;

    private T? Read<T>(StoredRecord? stored)
        where T : class, IMessage<T>, new() =>
        stored is { IsTombstone: false } ? codec.Decode(stored).Payload?.Unpack<T>() : null;
}
