using Exchange.Harness.Nodes;
using Exchange.V1;

namespace Exchange.Harness.Load;

/// <summary>Makes offers to those who were referred, and confirms that those who departed started work.</summary>
internal sealed class CityDesk(HarnessNode node, int seed) : PlacementDesk(node, seed)
{
    protected override PlacementEventType? After(PlacementState state) => state switch
    {
        PlacementState.Referred => PlacementEventType.Offered,
        PlacementState.Departed => PlacementEventType.Started,
        _ => null,
    };
}
