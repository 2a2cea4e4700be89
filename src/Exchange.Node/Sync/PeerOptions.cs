namespace Exchange.Node.Sync;

/// <summary>One partner, in the section <c>Sync:Peers</c> of the configuration.</summary>
internal sealed class PeerOptions
{
    /// <summary>The partner's node id. Required.</summary>
    public string Node { get; set; } = "";

    /// <summary>
    /// Where the partner listens, such as <c>https://exchange.dongguan.example:7070</c>. Not needed in passive mode.
    /// Nodes talk over https only.
    /// </summary>
    public string? Address { get; set; }

    /// <summary>Who calls whom, and when. Default nightly.</summary>
    public PeerMode Mode { get; set; } = PeerMode.Nightly;

    /// <summary>When the nightly session begins, as HH:mm in Asia/Shanghai. Default 02:30.</summary>
    public string At { get; set; } = "02:30";

    /// <summary>
    /// The session begins up to so many minutes later, each night anew, so that a hundred nodes don't call one hub in
    /// the same second. Default 10; 0 to 120.
    /// </summary>
    public int JitterMinutes { get; set; } = 10;

    /// <summary>
    /// The most changes of a batch to this partner. Fewer suit a line that is cut often, because a cut costs the
    /// batches that are under way. Default 1,000; 1 to 1,000.
    /// </summary>
    public int BatchChanges { get; set; } = PageBuilder.MaxChanges;
}

/// <summary>Who calls whom, and when.</summary>
internal enum PeerMode
{
    /// <summary>This node calls once a night.</summary>
    Nightly,

    /// <summary>This node calls and stays connected.</summary>
    Live,

    /// <summary>The partner calls; this node only answers.</summary>
    Passive,
}
