using Exchange.V1;
namespace Exchange.Node.Placements;
internal static class PlacementStates { public static Placement Compute(IReadOnlyList<ObservedEvent> e) => new(); }
