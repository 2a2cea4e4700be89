using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Money;

/// <summary>Payment batches: found by their division, programme and fund.</summary>
internal sealed class PaymentBatchKind() : PlainKind<PaymentBatch>("payment_batch")
{
    protected override IEnumerable<FieldViolation> CheckMeaning(PaymentBatch payload, RuleContext context) =>
    [
        .. CountRules.CheckWithin(payload.ReturnedCount, "returned_count", payload.PaymentCount, "payment_count"),
        .. CountRules.CheckWithin(payload.ReturnedFen, "returned_fen", payload.TotalFen, "total_fen"),
        .. DateRules.CheckPast(payload.StateDate, context.Today, "state_date"),
    ];
}
