namespace Exchange.Node.Records;

/// <summary>What records that name their parties must keep to.</summary>
internal static class PartyRules
{
    /// <summary>A party that alone writes the record is this node, or one whose place this node took.</summary>
    public static IEnumerable<FieldViolation> CheckWriter(string node, string path, RuleContext context)
    {
        if (node.Length > 0 && node != context.Node && !context.Predecessors.Contains(node))
        {
            yield return new(path, $"Only this party writes the record. On this node it must be '{context.Node}'.");
        }
    }

    /// <summary>The record is written by one of its two parties; they may be the same.</summary>
    public static IEnumerable<FieldViolation> CheckOneOf(string one, string other, string path, RuleContext context)
    {
        string[] parties = [one, other];
        if (parties.All(node => node.Length > 0)
            && !parties.Contains(context.Node) && !parties.Intersect(context.Predecessors).Any())
        {
            yield return new(path, $"One of its two parties writes the record. One must be '{context.Node}'.");
        }
    }
}
