using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Cases;

/// <summary>
/// Station cases: found by the worker, the station, the placement and the case before; shared by both nodes.
/// </summary>
internal sealed class CaseFileKind() : PlainKind<CaseFile>("case_file")
{
    public override bool IsPersonal => true;

    protected override IEnumerable<FieldViolation> CheckMeaning(CaseFile payload, RuleContext context) =>
    [
        .. DateRules.CheckPast(payload.OpenedDate, context.Today, "opened_date"),
        .. DateRules.CheckPast(payload.ClosedDate, context.Today, "closed_date"),
        .. DateRules.CheckPast(payload.HandedDate, context.Today, "handed_date"),
        .. DateRules.CheckOrder(payload.OpenedDate, payload.ClosedDate, "opened_date", "closed_date"),
        .. DateRules.CheckOrder(payload.OpenedDate, payload.DueDate, "opened_date", "due_date"),
        .. PartyRules.CheckOneOf(payload.SendingNode, payload.ReceivingNode, "receiving_node", context),
        .. CheckState(payload),
        .. CheckCosts(payload.Reimbursement),
    ];

    private static IEnumerable<FieldViolation> CheckState(CaseFile file)
    {
        if (file.State == CaseState.Closed && file.ClosedDate is null)
        {
            yield return new("closed_date", "It is missing. Send the day on which the case was closed.");
        }

        if (file.State == CaseState.Closed && file.Result == CaseResult.Unspecified)
        {
            yield return new("result", "It must be stated. Say what came of the case.");
        }

        if (file.State == CaseState.HandedOver && file.HandedDate is null)
        {
            yield return new("handed_date", "It is missing. Send the day on which the case was handed over.");
        }
    }

    private static IEnumerable<FieldViolation> CheckCosts(Reimbursement? help)
    {
        if (help is not null && help.ReimbursableFen > help.CostFen)
        {
            yield return new("reimbursement.reimbursable_fen", "It is more than cost_fen. Correct one of the two.");
        }

        if (help is not null && help.ReimbursedFen > help.ReimbursableFen)
        {
            yield return new(
                "reimbursement.reimbursed_fen", "It is more than reimbursable_fen. Correct one of the two.");
        }
    }
}
