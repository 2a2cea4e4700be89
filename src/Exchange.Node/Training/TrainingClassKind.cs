using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Training;

/// <summary>Training classes: found by where they are held, their trade, programme, vacancy and employer.</summary>
internal sealed class TrainingClassKind() : PlainKind<TrainingClass>("training_class")
{
    protected override IEnumerable<FieldViolation> CheckMeaning(TrainingClass payload, RuleContext context) =>
    [
        .. CountRules.CheckWithin(payload.GuidanceDays, "guidance_days", payload.PlannedDays, "planned_days"),
        .. CheckOrder(payload),
    ];

    private static IEnumerable<FieldViolation> CheckOrder(TrainingClass held)
    {
        if (held.Kind is TrainingKind.Order or TrainingKind.Post && held.VacancyId.Length + held.EmployerId.Length == 0)
        {
            yield return new("vacancy_id", "It is empty, like employer_id. Say for what post or employer it trains.");
        }
    }
}
