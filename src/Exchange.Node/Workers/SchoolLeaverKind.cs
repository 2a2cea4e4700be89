using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Workers;

/// <summary>School-leavers: found by the worker and by where the worker is registered.</summary>
internal sealed class SchoolLeaverKind() : PlainKind<SchoolLeaver>("school_leaver")
{
    public override bool IsPersonal => true;

    protected override IEnumerable<FieldViolation> CheckMeaning(SchoolLeaver payload, RuleContext context) =>
    [
        .. DateRules.CheckPast(payload.AskedDate, context.Today, "asked_date"),
        .. CheckYear(payload, context),
    ];

    private static IEnumerable<FieldViolation> CheckYear(SchoolLeaver leaver, RuleContext context)
    {
        if (leaver.Year > context.Today.Year && leaver.Year <= DateRules.LastYear)
        {
            yield return new("year", "It is yet to come. Send the year of leaving school.");
        }
    }
}
