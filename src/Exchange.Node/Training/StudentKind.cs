using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Training;

/// <summary>
/// Vocational students: found by the worker, by where the household is registered, and by the placement after
/// school.
/// </summary>
internal sealed class StudentKind() : PlainKind<Student>("student")
{
    public override bool IsPersonal => true;

    protected override IEnumerable<FieldViolation> CheckMeaning(Student payload, RuleContext context) =>
    [
        .. PlaceRules.CheckLevel(payload.Place, "place", DivisionLevel.County, DivisionLevel.Village),
        .. DateRules.CheckPast(payload.StatusDate, context.Today, "status_date"),
        .. DateRules.CheckPast(payload.JuniorFinishedDate, context.Today, "junior_finished_date"),
        .. CheckIntake(payload),
    ];

    private static IEnumerable<FieldViolation> CheckIntake(Student student)
    {
        if (student.IntakeYear > 0 && student.JuniorFinishedDate is { } finished && finished.Year > student.IntakeYear)
        {
            yield return new("intake_year", "It is earlier than the end of junior school. Correct one of the two.");
        }
    }
}
