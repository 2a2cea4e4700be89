using System.Text.Json;

namespace Exchange.Node.Imports.Mapping;

/// <summary>Members of a profile's JSON that mean nothing: most often a word that was mistyped.</summary>
internal static class UnknownMembers
{
    public static void Report(IDictionary<string, JsonElement> members, string owner, Action<string> report)
    {
        foreach (var member in members.Keys)
        {
            report($"{owner} has a member '{member}' that no profile knows.");
        }
    }
}
