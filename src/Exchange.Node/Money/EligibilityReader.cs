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
        var vacancy = await FindAsync<Vacancy>(VacancyKind.KindName, placement.VacancyId, cancellationToken);
        var paid = await PaidAsync(policy.Name, placement.WorkerId, cancellationToken);
        return new EligibilityFacts(
            policy,
            placement,
            Read<Worker>(worker),
            worker is not null && IsPart(RecordCodec.Envelope(worker)),
            PlaceRules.Code(vacancy?.WorkPlace),
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

    // A province's view is whole.
    private bool IsPart(Record record) => record.HomeNode != identity.Id && record.Projection is { } view
        && !view.Name.StartsWith(AgreementProfiles.WholeView, StringComparison.Ordinal);

    private Task<T?> FindAsync<T>(string kind, string id, CancellationToken cancellationToken)
        where T : class, IMessage<T>, new() =>
        ReferenceRules.IsId(id)
            ? FindAsync<T>(new RecordKey(kind, Guid.ParseExact(id, "D")), cancellationToken)
            : Task.FromResult<T?>(null);

    private async Task<T?> FindAsync<T>(RecordKey key, CancellationToken cancellationToken)
        where T : class, IMessage<T>, new() =>
        Read<T>(await store.GetAsync(key, cancellationToken));

    private T? Read<T>(StoredRecord? stored)
        where T : class, IMessage<T>, new() =>
        stored is { IsTombstone: false } ? codec.Decode(stored).Payload?.Unpack<T>() : null;
}
