using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Employers;

/// <summary>Bases, community factories and workshops: found by where they are and by their employer.</summary>
internal sealed class EmploymentBaseKind() : PlainKind<EmploymentBase>("employment_base")
{
    protected override IEnumerable<FieldViolation> CheckMeaning(EmploymentBase payload, RuleContext context) =>
    [
        .. PlaceRules.CheckLevel(payload.Place, "place", DivisionLevel.County, DivisionLevel.Village),
        .. DateRules.CheckPast(payload.RecognisedDate, context.Today, "recognised_date"),
        .. DateRules.CheckPast(payload.CountedDate, context.Today, "counted_date"),
        .. DateRules.CheckOrder(payload.RecognisedDate, payload.EndedDate, "recognised_date", "ended_date"),
        .. CountRules.CheckWithin(payload.WorkerCount, "worker_count", payload.PostCount, "post_count"),
        .. CountRules.CheckWithin(payload.CardWorkerCount, "card_worker_count", payload.WorkerCount, "worker_count"),
    ];
}
