using Exchange.Node.Records;
using Exchange.V1;
using Google.Protobuf;
using Google.Type;

namespace Exchange.Node.Money;

/// <summary>Start-up loans: found by the borrower, the start-up and where the household is registered.</summary>
internal sealed class StartUpLoanKind() : PlainKind<StartUpLoan>("start_up_loan")
{
    public override bool IsPersonal => true;

    // The last voucher of a loan that runs is that of its repayment; of any other nobody knows its day, and what was
    // written last holds it longer.
    public override Date? AccountedDate(IMessage payload) =>
        payload is StartUpLoan { State: LoanState.Running } loan ? loan.DueDate : null;

    protected override IEnumerable<FieldViolation> CheckMeaning(StartUpLoan payload, RuleContext context) =>
    [
        .. DateRules.CheckPast(payload.GrantedDate, context.Today, "granted_date"),
        .. DateRules.CheckOrder(payload.GrantedDate, payload.DueDate, "granted_date", "due_date"),
        .. CountRules.CheckWithin(payload.RepaidFen, "repaid_fen", payload.AmountFen, "amount_fen"),
        .. CheckState(payload),
    ];

    private static IEnumerable<FieldViolation> CheckState(StartUpLoan loan)
    {
        if (loan.State == LoanState.Repaid && loan.RepaidFen < loan.AmountFen)
        {
            yield return new("repaid_fen", "It is less than amount_fen, but the loan is repaid. Correct one.");
        }
    }
}
