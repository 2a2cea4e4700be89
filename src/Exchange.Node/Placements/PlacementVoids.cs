using Exchange.V1;

namespace Exchange.Node.Placements;

/// <summary>
/// Which events of a placement were recorded in error. An event is void if a RECORDED_IN_ERROR that isn't void itself
/// names it; so voiding a void restores. Either party may void any event, and the order of arrival, clocks and days
/// don't matter: a clock can be repaired after the fact, which must not bring a mistake back.
/// </summary>
internal sealed class PlacementVoids
{
    private readonly Dictionary<string, ObservedEvent> _events;
    private readonly ILookup<string, ObservedEvent> _voiders;
    private readonly Dictionary<string, bool> _isVoid = new(StringComparer.Ordinal);

    /// <summary>Sorts out the events of one placement.</summary>
    public PlacementVoids(IReadOnlyCollection<ObservedEvent> events)
    {
        _events = events.ToDictionary(e => e.Id, StringComparer.Ordinal);
        _voiders = events
            .Where(e => e.Type == PlacementEventType.RecordedInError)
            .ToLookup(e => e.Event.VoidedEventId, StringComparer.Ordinal);

        // Begins with the events that nobody voids, and passes on to what those settle. Each event names one other, so
        // whatever is left when this ends are circles.
        var settled = new Queue<ObservedEvent>(events.Where(e => !_voiders.Contains(e.Id)));
        while (settled.TryDequeue(out var next))
        {
            if (Settle(next) && Target(next) is { } target && CanSettle(target))
            {
                settled.Enqueue(target);
            }
        }

        HasCircle = _isVoid.Count < _events.Count;
    }

    /// <summary>
    /// Events void each other in a circle, so that nothing says which of them holds; none has any effect.
    /// </summary>
    public bool HasCircle { get; }

    /// <summary>Whether an event was recorded in error.</summary>
    public bool IsVoid(ObservedEvent e) => _isVoid.GetValueOrDefault(e.Id);

    private bool Settle(ObservedEvent e) => _isVoid.TryAdd(e.Id, _voiders[e.Id].Any(HasEffect));

    private bool HasEffect(ObservedEvent voider) => _isVoid.TryGetValue(voider.Id, out var isVoid) && !isVoid;

    private ObservedEvent? Target(ObservedEvent e) =>
        e.Type == PlacementEventType.RecordedInError ? _events.GetValueOrDefault(e.Event.VoidedEventId) : null;

    // One voider with effect is enough; otherwise every one of them must be known to have none.
    private bool CanSettle(ObservedEvent e) =>
        _voiders[e.Id].Any(HasEffect) || _voiders[e.Id].All(voider => _isVoid.ContainsKey(voider.Id));
}
