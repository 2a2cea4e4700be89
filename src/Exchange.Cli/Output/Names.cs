using System.Text.RegularExpressions;

namespace Exchange.Cli.Output;

/// <summary>Names between the C# and the wire's spelling.</summary>
internal static partial class Names
{
    /// <summary>The wire's spelling of a C# name: <c>NotFound</c> is <c>NOT_FOUND</c>.</summary>
    public static string Upper(string name) => Hump().Replace(name, "_").ToUpperInvariant();

    /// <summary>The command line's spelling of a C# name: <c>NotFound</c> is <c>not-found</c>.</summary>
    public static string Lower(string name) => Hump().Replace(name, "-").ToLowerInvariant();

    [GeneratedRegex("(?<=[a-z0-9])(?=[A-Z])")]
    private static partial Regex Hump();
}
