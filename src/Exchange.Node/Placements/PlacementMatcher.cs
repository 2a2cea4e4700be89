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

    public bool Matches(Placement placement) =>
        (_filter.WorkerId.Length == 0 || placement.WorkerId == _filter.WorkerId)
        && (_filter.VacancyId.Length == 0 || placement.VacancyId == _filter.VacancyId)
        && (_filter.VacancySourceId.Length == 0 || placement.VacancySourceId == _filter.VacancySourceId)
        && (_filter.States.Count == 0 || _filter.States.Contains(placement.State))
        && (_since is null
            || (placement.StateDate is { } day && new DateOnly(day.Year, day.Month, day.Day) >= _since));
}
