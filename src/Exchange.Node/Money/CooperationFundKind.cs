using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Money;

/// <summary>Funds by project: found by the division that spends them and by the document that orders them.</summary>
internal sealed class CooperationFundKind() : PlainKind<CooperationFund>("cooperation_fund")
{
    protected override IEnumerable<FieldViolation> CheckMeaning(CooperationFund payload, RuleContext context) =>
    [
        .. DateRules.CheckPast(payload.CountedDate, context.Today, "counted_date"),
        .. CheckSums(payload),
    ];

    private static IEnumerable<FieldViolation> CheckSums(CooperationFund fund)
    {
        if (fund.SpentFen > fund.ReceivedFen)
        {
            yield return new("spent_fen", "It is more than received_fen. Correct one of the two.");
        }

        // Decimals, because the sum of hostile amounts would overflow.
        if (fund.Allocations.Sum(share => (decimal)share.AmountFen) > fund.ReceivedFen)
        {
            yield return new("allocations", "Together they are more than received_fen, out of which they are given.");
        }
    }
}
