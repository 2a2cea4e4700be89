using Exchange.Node.Errors;
using Exchange.V1;

namespace Exchange.Node.Placements;

/// <summary>Decides which placements a filter means.</summary>
internal sealed class PlacementMatcher
{
    private readonly PlacementFilter _filter;
    private readonly DateOnly? _since;

    /// <exception cref="ExchangeException">The filter has values out of range.</exception>
    public PlacementMatcher(PlacementFilter? filter)
    {
        _filter = filter ?? new PlacementFilter();
        if (_filter.States.Any(state => !Enum.IsDefined(state)))
        {
            throw ExchangeException.Invalid("filter.states", "Name known states only.");
        }

        try
        {
            _since = _filter.SinceDate is { } day ? new DateOnly(day.Year, day.Month, day.Day) : null;
        }
        catch (ArgumentOutOfRangeException)
        {
            throw ExchangeException.Invalid("filter.since_date", "It must be a whole date.");
        }
    }

    /// <summary>
    /// Whether the placement may have matched with fewer of its events. It may be true for one that didn't; never false
    /// for one that did.
    /// </summary>
    public bool MayHaveMatched(Placement placement)
    {
        var events = placement.Events.Select(entry => entry.Event).ToList();
        var vacancies = events.SelectMany(e => new[] { e.VacancyId, e.NextVacancyId }).ToHashSet();
        vacancies.Remove("");

        // Of a vacancy that the placement has left, or whose record isn't here any more, the own code isn't known.
        var isSource = placement.VacancySourceId == _filter.VacancySourceId
            || placement.VacancySourceId.Length == 0 || vacancies.Count > 1;
        return (_filter.WorkerId.Length == 0 || events.Exists(e => e.WorkerId == _filter.WorkerId))
            && (_filter.VacancyId.Length == 0 || vacancies.Contains(_filter.VacancyId))
            && (_filter.VacancySourceId.Length == 0 || isSource);
    }

    public bool Matches(Placement placement) =>
        (_filter.WorkerId.Length == 0 || placement.WorkerId == _filter.WorkerId)
        && (_filter.VacancyId.Length == 0 || placement.VacancyId == _filter.VacancyId)
        && (_filter.VacancySourceId.Length == 0 || placement.VacancySourceId == _filter.VacancySourceId)
        && (_filter.States.Count == 0 || _filter.States.Contains(placement.State))
        && (_since is null
            || (placement.StateDate is { } day && new DateOnly(day.Year, day.Month, day.Day) >= _since));
}
