using Exchange.V1;

namespace Exchange.Node.Standards;

/// <summary>One division of the built-in table: its code without padding zeros, and its present name.</summary>
/// <param name="Code">2, 4, 6 or 9 digits.</param>
/// <param name="Name">The name alone: <c>镇雄县</c>.</param>
internal sealed record DivisionName(string Code, string Name)
{
    /// <summary>The level, which the code's length tells.</summary>
    public DivisionLevel Level => Divisions.LevelOf(Code);
}
