using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Events;

/// <summary>Forums and contacts: found by where they were held, and by their campaign.</summary>
internal sealed class ForumKind() : PlainKind<Forum>("forum")
{
    protected override IEnumerable<FieldViolation> CheckMeaning(Forum payload, RuleContext context) =>
    [
        .. DateRules.CheckPast(payload.HeldDate, context.Today, "held_date"),
        .. CountRules.CheckMost(payload.EmployerIds.Count, "employer_ids", 1_000),
        .. CountRules.CheckListed(payload.EmployerIds.Count, payload.BodyCount, "body_count", "employer_ids"),
    ];
}
