using System.Buffers;

namespace Exchange.Node.Sync;

/// <summary>
/// What a node's id looks like. It names collections, so that one from outside is checked before it is used.
/// </summary>
internal static class NodeIds
{
    /// <summary>The longest id.</summary>
    public const int MaxLength = 63;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>1 to 63 characters of a-z, 0-9 and -.</summary>
    public static bool IsValid(string id) =>
        id.Length is > 0 and <= MaxLength && !id.AsSpan().ContainsAnyExcept(Allowed);
}
