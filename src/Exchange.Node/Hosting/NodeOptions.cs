namespace Exchange.Node.Hosting;

/// <summary>The section <c>Node</c> of the configuration: who this node is.</summary>
internal sealed class NodeOptions
{
    public const string Section = "Node";

    /// <summary>
    /// The node's id, unique among partners; 1 to 63 characters of a-z, 0-9 and -. Required, fixed for life.
    /// </summary>
    public string Id { get; set; } = "";

    /// <summary>The body that runs the node, for people. Default: the id.</summary>
    public string Name { get; set; } = "";

    /// <summary>
    /// Accepts ID numbers with place codes that were never issued, so that test data hits no real person. Default
    /// false;
    /// never true where real data is.
    /// </summary>
    public bool TestNode { get; set; }
}
