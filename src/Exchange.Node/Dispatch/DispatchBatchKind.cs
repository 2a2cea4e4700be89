using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Dispatch;

/// <summary>Dispatch batches: shared by the two nodes, found by both places.</summary>
internal sealed class DispatchBatchKind() : PlainKind<DispatchBatch>("dispatch_batch")
{
    protected override IEnumerable<FieldViolation> CheckMeaning(DispatchBatch payload, RuleContext context) =>
    [
        .. DateRules.CheckOrder(payload.DepartureDate, payload.ArrivalDate, "departure_date", "arrival_date"),
        .. PartyRules.CheckWriter(payload.SendingNode, "sending_node", context),
        .. CheckStatus(payload, context),
    ];

    private static IEnumerable<FieldViolation> CheckStatus(DispatchBatch batch, RuleContext context)
    {
        if (batch.Status is DispatchStatus.Departed or DispatchStatus.Arrived or DispatchStatus.Reconciled
            && DateRules.Day(batch.DepartureDate) is { } day && day > context.Today)
        {
            yield return new("status", "Its departure is yet to come. It is PLANNED until then.");
        }
    }
}
