using Exchange.V1;

namespace Exchange.Node.Placements;

/// <summary>An event of a placement with what orders it among the others.</summary>
/// <param name="Id">The event's record id.</param>
/// <param name="HomeNode">The node that saw it.</param>
/// <param name="Clock">The hybrid logical clock reading of its version.</param>
/// <param name="Event">The event.</param>
internal sealed record ObservedEvent(string Id, string HomeNode, ulong Clock, PlacementEvent Event);
