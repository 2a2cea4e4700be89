using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Vacancies;

/// <summary>Bulletins of notices: found by the division that publishes them.</summary>
internal sealed class VacancyBulletinKind() : PlainKind<VacancyBulletin>("vacancy_bulletin")
{
    protected override IEnumerable<FieldViolation> CheckMeaning(VacancyBulletin payload, RuleContext context) =>
    [
        .. CountRules.CheckMost(payload.VacancyIds.Count, "vacancy_ids", 5_000),
        .. CountRules.CheckListed(payload.VacancyIds.Count, payload.NoticeCount, "notice_count", "vacancy_ids"),
        .. DateRules.CheckPast(payload.PublishedDate, context.Today, "published_date"),
    ];
}
