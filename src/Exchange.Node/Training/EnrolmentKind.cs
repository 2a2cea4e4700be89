using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Training;

/// <summary>Enrolments: found by the worker, the class and the placement that came of it.</summary>
internal sealed class EnrolmentKind() : PlainKind<Enrolment>("enrolment")
{
    public override bool IsPersonal => true;

    protected override IEnumerable<FieldViolation> CheckMeaning(Enrolment payload, RuleContext context) =>
    [
        .. CountRules.CheckWithin(payload.GuidanceDays, "guidance_days", payload.AttendedDays, "attended_days"),
        .. DateRules.CheckPast(payload.OutcomeDate, context.Today, "outcome_date"),
        .. CheckOutcome(payload),
    ];

    private static IEnumerable<FieldViolation> CheckOutcome(Enrolment enrolment)
    {
        if (enrolment.Outcome == TrainingOutcome.Unspecified)
        {
            yield break;
        }

        if (enrolment.OutcomeDate is null)
        {
            yield return new("outcome_date", "It is missing. Send the day on which the outcome was found.");
        }

        if (enrolment.Status == EnrolmentStatus.Enrolled)
        {
            yield return new("status", "Somebody still in the class has no outcome. Say how the class ended.");
        }
    }
}
