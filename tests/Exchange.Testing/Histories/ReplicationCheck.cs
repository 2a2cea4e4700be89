namespace Exchange.Testing.Histories;

/// <summary>Holds what two nodes hold after quiet against what a flow promises.</summary>
internal static class ReplicationCheck
{
    /// <summary>What was acknowledged is there.</summary>
    public const string Lost = "lost";

    /// <summary>No record is there twice.</summary>
    public const string Doubled = "doubled";

    /// <summary>The partner holds what its home holds, in the same version.</summary>
    public const string Differs = "differs";

    /// <summary>The digests agree without a repair.</summary>
    public const string Digests = "digests";

    /// <summary>Nothing crosses that may not.</summary>
    public const string OutOfScope = "out of scope";

    /// <summary>Returns every promise that is broken.</summary>
    public static IEnumerable<Finding> Run(Replicated flow) =>
    [
        .. FindLost(flow),
        .. FindDoubled(flow),
        .. FindDifferences(flow),
        .. FindOutOfScope(flow),
        .. FindDigests(flow),
    ];

    private static IEnumerable<Finding> FindLost(Replicated flow)
    {
        var held = flow.Home.ToLookup(record => record.Key);
        var newest = flow.Acknowledged.GroupBy(write => write.Key).Select(writes => writes.Last());
        foreach (var (key, content) in newest)
        {
            if (!held.Contains(key))
            {
                yield return new Finding(Lost, flow.Name, $"{key} was acknowledged and isn't there.");
            }
            else if (held[key].All(record => record.Content != content))
            {
                yield return new Finding(
                    Lost, flow.Name, $"{key} was last acknowledged as '{content}' and says '{held[key].First().Content}'.");
            }
        }
    }

    private static IEnumerable<Finding> FindDoubled(Replicated flow) =>
        from side in new[] { flow.Home, flow.Partner }
        from twice in side.Where(record => record.Key.Length > 0).GroupBy(record => record.Key)
            .Concat(side.GroupBy(record => record.Id))
        where twice.Count() > 1
        select new Finding(Doubled, flow.Name, $"{twice.Key} is there {twice.Count()} times.");

    private static IEnumerable<Finding> FindDifferences(Replicated flow)
    {
        var partner = flow.Partner.DistinctBy(record => record.Id).ToDictionary(record => record.Id);
        foreach (var record in flow.Home.Where(record => flow.Scope?.Contains(record.Id) ?? true))
        {
            if (!partner.TryGetValue(record.Id, out var copy))
            {
                yield return new Finding(Differs, flow.Name, $"{record.Id} didn't reach the partner.");
            }
            else if (copy.Version != record.Version)
            {
                yield return new Finding(
                    Differs, flow.Name, $"{record.Id} is {record.Version} at home and {copy.Version} at the partner.");
            }
        }

        var home = flow.Home.Select(record => record.Id).ToHashSet();
        foreach (var stray in flow.Partner.Where(record => !home.Contains(record.Id)))
        {
            yield return new Finding(Differs, flow.Name, $"{stray.Id} is at the partner and no longer at home.");
        }
    }

    private static IEnumerable<Finding> FindOutOfScope(Replicated flow) =>
        flow.Partner
            .Where(record => !(flow.Scope?.Contains(record.Id) ?? true))
            .Select(record => $"{record.Id} is at the partner.")
            .Concat(flow.SeenOnTheWire.Select(text => $"'{text}' was seen on the line."))
            .Select(words => new Finding(OutOfScope, flow.Name, words));

    private static IEnumerable<Finding> FindDigests(Replicated flow)
    {
        if (!flow.Digests.Match || flow.Digests.Repaired > 0)
        {
            yield return new Finding(
                Digests, flow.Name, $"They agree: {flow.Digests.Match}; {flow.Digests.Repaired} differences were found.");
        }
    }
}
