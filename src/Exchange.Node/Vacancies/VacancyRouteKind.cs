using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Vacancies;

/// <summary>The steps of a notice on its way down: found by the notice, by both places and by the pairing.</summary>
internal sealed class VacancyRouteKind() : PlainKind<VacancyRoute>("vacancy_route")
{
    protected override IEnumerable<FieldViolation> CheckMeaning(VacancyRoute payload, RuleContext context) =>
    [
        .. DateRules.CheckPast(payload.PassedDate, context.Today, "passed_date"),
        .. DateRules.CheckPast(payload.ConfirmedDate, context.Today, "confirmed_date"),
        .. DateRules.CheckOrder(payload.PassedDate, payload.ConfirmedDate, "passed_date", "confirmed_date"),
        .. CheckPlaces(payload),
    ];

    private static IEnumerable<FieldViolation> CheckPlaces(VacancyRoute route)
    {
        if (PlaceRules.Code(route.FromPlace) is { Length: > 0 } from && from == PlaceRules.Code(route.ToPlace))
        {
            yield return new("to_place.division_code", "It is the place that passes the notice on. Name who gets it.");
        }
    }
}
