using System.Runtime.CompilerServices;
using Exchange.Node.Records;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Money;

/// <summary>Looks through payments for what was paid twice or too high, and for batches that don't add up.</summary>
internal sealed class PaymentChecks(IRecordStore store, RecordCodec codec)
{
    private const int PageSize = 1000;

    /// <summary>Whether a payment counts: it wasn't cancelled and didn't come back.</summary>
    public static bool Counts(SubsidyPayment payment) =>
        payment.State is not (PaymentState.Cancelled or PaymentState.Returned);

    /// <summary>Everything that is found, payment by payment, and batches last.</summary>
    /// <param name="year">Only payments that count for it; 0 for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async IAsyncEnumerable<CheckPaymentsResponse> FindAsync(
        int year, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var policies = await PoliciesAsync(cancellationToken);
        var first = new Dictionary<(string Worker, string Policy, string Period), string>();
        var batches = new Dictionary<string, (int Count, decimal Fen)>(StringComparer.Ordinal);
        await foreach (var (id, payment) in AllAsync<SubsidyPayment>(
            new SubsidyPaymentKind().Name, payload => payload.Unpack<SubsidyPayment>(), cancellationToken))
        {
            if (payment.PaymentBatchId.Length > 0 && payment.State != PaymentState.Cancelled)
            {
                var (count, fen) = batches.GetValueOrDefault(payment.PaymentBatchId);
                batches[payment.PaymentBatchId] = (count + 1, fen + payment.AmountFen);
            }

            if (!Counts(payment) || (year != 0 && payment.ForYear != year))
            {
                continue;
            }

            if (!policies.TryGetValue(payment.SubsidyPolicyId, out var policy))
            {
                yield return Found(
                    PaymentFinding.PolicyUnknown, "The policy that it was paid under isn't held here.", id);
                continue;
            }

            if (payment.AmountFen > policy.Tiers.Max(tier => tier.AmountFen))
            {
                yield return Found(
                    PaymentFinding.AboveTiers,
                    $"{payment.AmountFen} fen are more than any tier of '{policy.Name}' {policy.Version}.",
                    id);
            }

            if (!first.TryAdd((payment.WorkerId, policy.Name, PeriodOf(policy, payment)), id))
            {
                yield return Found(
                    PaymentFinding.Duplicate,
                    $"'{policy.Name}' was paid before to the same worker for the same.",
                    first[(payment.WorkerId, policy.Name, PeriodOf(policy, payment))],
                    id);
            }
        }

        await foreach (var finding in BatchesAsync(batches, cancellationToken))
        {
            yield return finding;
        }
    }

    private async IAsyncEnumerable<CheckPaymentsResponse> BatchesAsync(
        Dictionary<string, (int Count, decimal Fen)> sums,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var (id, batch) in AllAsync<PaymentBatch>(
            new PaymentBatchKind().Name, payload => payload.Unpack<PaymentBatch>(), cancellationToken))
        {
            var (count, fen) = sums.GetValueOrDefault(id);
            if (batch.State != PaymentBatchState.Cancelled && (count != batch.PaymentCount || fen != batch.TotalFen))
            {
                yield return new CheckPaymentsResponse
                {
                    Finding = PaymentFinding.BatchDiffers,
                    PaymentBatchId = id,
                    Explanation = $"The batch has {batch.PaymentCount} payments of {batch.TotalFen} fen in all; "
                        + $"{count} that name it have {fen}.",
                };
            }
        }
    }

    private static string PeriodOf(SubsidyPolicy policy, SubsidyPayment payment) => policy.Period switch
    {
        SubsidyPeriod.Yearly => $"year {payment.ForYear}",
        SubsidyPeriod.EachPlacement => payment.PlacementId,
        _ => "",
    };

    private static CheckPaymentsResponse Found(PaymentFinding finding, string explanation, params string[] payments) =>
        new() { Finding = finding, Explanation = explanation, SubsidyPaymentIds = { payments } };

    private async Task<Dictionary<string, SubsidyPolicy>> PoliciesAsync(CancellationToken cancellationToken)
    {
        var policies = new Dictionary<string, SubsidyPolicy>(StringComparer.Ordinal);
        await foreach (var (id, policy) in AllAsync<SubsidyPolicy>(
            new SubsidyPolicyKind().Name, payload => payload.Unpack<SubsidyPolicy>(), cancellationToken))
        {
            // One from a partner whose agreement leaves the tiers out can't be compared with.
            if (policy.Tiers.Count > 0)
            {
                policies[id] = policy;
            }
        }

        return policies;
    }

    private async IAsyncEnumerable<(string Id, T Payload)> AllAsync<T>(
        string kind,
        Func<Google.Protobuf.WellKnownTypes.Any, T> read,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var query = new RecordQuery(kind) { Limit = PageSize };
        await foreach (var stored in store.QueryAllAsync(query, cancellationToken))
        {
            // Of an erased, frozen or damaged record nothing is left.
            if (codec.TryDecode(stored)?.Payload is { } payload)
            {
                yield return (stored.Key.Id.ToString(), read(payload));
            }
        }
    }
}
