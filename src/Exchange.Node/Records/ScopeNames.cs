using Exchange.V1;

namespace Exchange.Node.Records;

/// <summary>What agreements select records by.</summary>
internal static class ScopeNames
{
    /// <summary>A division code, matched by prefix.</summary>
    public const string Division = "division";

    /// <summary>The id of a node that takes part.</summary>
    public const string Party = "party";

    /// <summary>The scope keys of a record that belongs to a place; none when its code isn't known.</summary>
    public static IReadOnlyList<ScopeKey> Of(Place? place) =>
        PlaceRules.Code(place) is { Length: > 0 } code ? [new ScopeKey { Name = Division, Value = code }] : [];
}
