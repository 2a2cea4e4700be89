using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Placements;

/// <summary>Returns outside of placements: found by the worker and by where the worker is registered.</summary>
internal sealed class ReturnHomeKind() : PlainKind<ReturnHome>("return_home")
{
    public override bool IsPersonal => true;

    protected override IEnumerable<FieldViolation> CheckMeaning(ReturnHome payload, RuleContext context) =>
    [
        .. DateRules.CheckPast(payload.ReturnedDate, context.Today, "returned_date"),
        .. DateRules.CheckPast(payload.ReplacedDate, context.Today, "replaced_date"),
        .. DateRules.CheckOrder(payload.ReturnedDate, payload.ReplacedDate, "returned_date", "replaced_date"),
        .. CheckReason(payload),
    ];

    private static IEnumerable<FieldViolation> CheckReason(ReturnHome home)
    {
        if (home.Reason == LeaveReason.Other && TextRules.IsBlank(home.ReasonWords))
        {
            yield return new("reason_words", "They are empty. Another reason needs words.");
        }

        if (home.ReplacedDate is null && home.ReplacedWords.Length + home.ReplacedDivisionCode.Length > 0)
        {
            yield return new("replaced_date", "It is missing. Send the day on which the worker was at work again.");
        }
    }
}
