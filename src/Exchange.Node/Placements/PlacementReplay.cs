namespace Exchange.Node.Placements;

/// <summary>
/// Goes through the events of a placement day by day. Within a day the clocks tell when an event was entered, not when
/// it happened: of the possible orders of a day the one with the fewest contradictions counts, and of several such the
/// one nearest to the clocks.
/// </summary>
internal sealed class PlacementReplay
{
    // So many orders have a day's events that more of them are taken as the clocks have them.
    private const int MostReordered = 6;

    private readonly List<string> _disputes = [];
    private readonly List<ObservedEvent> _order = [];

    /// <summary>Replays events that are sorted by day, clock, node and id, and of which none is void.</summary>
    public PlacementReplay(IEnumerable<ObservedEvent> events)
    {
        foreach (var day in events.GroupBy(e => e.Day))
        {
            ReplayDay([.. day]);
        }
    }

    /// <summary>Where the placement stands in the end.</summary>
    public PlacementStanding Standing { get; private set; }

    /// <summary>The contradictions, in the order of the days.</summary>
    public IReadOnlyList<string> Disputes => _disputes;

    /// <summary>The events in the order that they were taken in.</summary>
    public IReadOnlyList<ObservedEvent> Order => _order;

    private void ReplayDay(ObservedEvent[] day)
    {
        var order = day.Length is > 1 and <= MostReordered ? Best(day) : day;
        foreach (var next in order)
        {
            if (Standing.IsContradictedBy(next))
            {
                _disputes.Add(Standing.Describe(next));
            }

            Standing = Standing.After(next);
            _order.Add(next);
        }
    }

    private ObservedEvent[] Best(ObservedEvent[] day)
    {
        var best = (Order: day, Contradictions: int.MaxValue);
        Search(Standing, [], day, 0, ref best);
        return best.Order;
    }

    // Tries the orders from the nearest to the clocks on, and keeps the first of the best.
    private static void Search(
        PlacementStanding standing,
        ObservedEvent[] taken,
        ObservedEvent[] left,
        int contradictions,
        ref (ObservedEvent[] Order, int Contradictions) best)
    {
        if (contradictions >= best.Contradictions)
        {
            return;
        }

        if (left.Length == 0)
        {
            best = (taken, contradictions);
            return;
        }

        for (var i = 0; i < left.Length; i++)
        {
            var next = left[i];
            var more = standing.IsContradictedBy(next) ? 1 : 0;
            ObservedEvent[] rest = [.. left[..i], .. left[(i + 1)..]];
            Search(standing.After(next), [.. taken, next], rest, contradictions + more, ref best);
        }
    }
}
