using Exchange.Node.Records;
using Exchange.V1;
using Google.Protobuf;
using Google.Type;

namespace Exchange.Node.Money;

/// <summary>Payments: found by the worker, the policy, the placement and the batch, shared by both nodes.</summary>
internal sealed class SubsidyPaymentKind() : PlainKind<SubsidyPayment>("subsidy_payment")
{
    public override bool IsPersonal => true;

    public override Date? AccountedDate(IMessage payload) => ((SubsidyPayment)payload).StateDate;

    protected override IEnumerable<FieldViolation> CheckMeaning(SubsidyPayment payload, RuleContext context) =>
    [
        .. DateRules.CheckPast(payload.ConditionMetDate, context.Today, "condition_met_date"),
        .. DateRules.CheckPast(payload.StateDate, context.Today, "state_date"),
        .. PartyRules.CheckOneOf(payload.SendingNode, payload.ReceivingNode, "receiving_node", context),
        .. CheckPayment(payload),
    ];

    private static IEnumerable<FieldViolation> CheckPayment(SubsidyPayment payment)
    {
        if (payment.State == PaymentState.Returned && TextRules.IsBlank(payment.ReturnWords))
        {
            yield return new("return_words", "They are empty. Say why it came back, without an account number.");
        }

        if (payment.EmployerId.Length > 0 && payment.LiaisonOfficerId.Length > 0)
        {
            yield return new("liaison_officer_id", "A payment has one recipient, and employer_id is one.");
        }
    }
}
