namespace Exchange.Node.Sync;

/// <summary>The section <c>Sync</c> of the configuration: partners, and how patient sessions with them are.</summary>
internal sealed class SyncOptions
{
    public const string Section = "Sync";

    /// <summary>The partners. Default: none.</summary>
    public IList<PeerOptions> Peers { get; } = [];

    /// <summary>How many unacknowledged batches are under way each way. Default 8; 1 to 64.</summary>
    public int Window { get; set; } = 8;

    /// <summary>Longest silence of this node on an open stream. Default 15 s; 1 s to 1 min.</summary>
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Longest silence of a partner before the stream is given up. Default 1 min; 10 s to 10 min.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(1);
}
