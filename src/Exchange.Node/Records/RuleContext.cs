namespace Exchange.Node.Records;

/// <summary>What rules may depend on besides the payload.</summary>
/// <param name="Today">The day in Asia/Shanghai.</param>
/// <param name="TestNode">
/// The node accepts ID numbers whose place code was never issued, so that test data hits no real person.
/// </param>
/// <param name="Node">This node: the writer.</param>
internal sealed record RuleContext(DateOnly Today, bool TestNode, string Node)
{
    /// <summary>The nodes whose place this node has taken: what they were named for, it may record.</summary>
    public IReadOnlyList<string> Predecessors { get; init; } = [];
}
