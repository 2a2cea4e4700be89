using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Placements;

/// <summary>That a review before departure was done: found by the worker, and kept at home.</summary>
internal sealed class DepartureReviewKind() : PlainKind<DepartureReview>("departure_review")
{
    public override bool IsPersonal => true;

    public override bool StaysHome => true;

    protected override IEnumerable<FieldViolation> CheckMeaning(DepartureReview payload, RuleContext context) =>
    [
        .. DateRules.CheckPast(payload.DoneDate, context.Today, "done_date"),
    ];
}
