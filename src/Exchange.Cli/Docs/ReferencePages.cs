using System.CommandLine;
using Exchange.Node.Placements;

namespace Exchange.Cli.Docs;

/// <summary>All pages of <c>docs/reference</c>.</summary>
internal static class ReferencePages
{
    /// <summary>Each page's file name with its text.</summary>
    public static IReadOnlyDictionary<string, string> Write(RootCommand root) => new SortedDictionary<string, string>
    {
        ["api.md"] = ApiReference.Write(),
        ["cli.md"] = CliReference.Write(root),
        ["config.md"] = ConfigReference.Write(),
        ["errors.md"] = ErrorsReference.Write(),
        ["openapi.json"] = OpenApi.Write(),
        ["placement-states.md"] = PlacementStatesPage.Render(),
    };
}
