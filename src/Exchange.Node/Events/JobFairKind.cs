using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Events;

/// <summary>Job fairs: found by where they were held, and by their campaign.</summary>
internal sealed class JobFairKind() : PlainKind<JobFair>("job_fair")
{
    protected override IEnumerable<FieldViolation> CheckMeaning(JobFair payload, RuleContext context) =>
    [
        .. CountRules.CheckMost(payload.EmployerIds.Count, "employer_ids", 1_000),
        .. CountRules.CheckMost(payload.VacancyIds.Count, "vacancy_ids", 5_000),
        .. CountRules.CheckListed(payload.EmployerIds.Count, payload.EmployerCount, "employer_count", "employer_ids"),
        .. CountRules.CheckWithin(payload.IntentCount, "intent_count", payload.VisitorCount, "visitor_count"),
        .. CountRules.CheckWithin(payload.HiredCount, "hired_count", payload.IntentCount, "intent_count"),
    ];
}
