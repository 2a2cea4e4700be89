using Exchange.V1;

namespace Exchange.Node.Placements;

/// <summary>Two things that can't both be so without a third between them.</summary>
/// <param name="Name">Names the rule in documents.</param>
/// <param name="After">Where the placement stands: the event that moved it last.</param>
/// <param name="Then">What contradicts that, when nothing lies between.</param>
/// <param name="Missing">What between them would make sense of both.</param>
internal sealed record Contradiction(
    string Name,
    IReadOnlyList<PlacementEventType> After,
    IReadOnlyList<PlacementEventType> Then,
    IReadOnlyList<PlacementEventType> Missing)
{
    /// <summary>The sentence for two events, without personal data.</summary>
    public string Describe(ObservedEvent after, ObservedEvent then) =>
        $"{then} follows {after}, with no {string.Join(" or ", Missing.Select(ObservedEvent.NameOf))} between.";
}
