using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Tests.Sync.Simulated;

/// <summary>A placement event as whoever wrote it remembers it.</summary>
/// <param name="Key">Its record.</param>
/// <param name="Payload">What it says.</param>
/// <param name="Home">The node that wrote it.</param>
/// <param name="Person">Whom it names.</param>
internal sealed record Happening(RecordKey Key, PlacementEvent Payload, string Home, Person Person)
{
    public RecordState State { get; set; } = RecordState.Active;
}
