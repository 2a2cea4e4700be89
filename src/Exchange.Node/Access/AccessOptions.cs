namespace Exchange.Node.Access;

/// <summary>The section <c>Access</c> of the configuration: how much one caller may ask for.</summary>
internal sealed class AccessOptions
{
    public const string Section = "Access";

    /// <summary>
    /// Calls a second that one credential may make for long; a stream is one call, whatever flows in it. The operator's
    /// token has no limit. Default 200; 1 to 1,000,000.
    /// </summary>
    public int CallsPerSecond { get; set; } = 200;

    /// <summary>Calls that one credential may make at once after a pause. Default 400; 1 to 1,000,000.</summary>
    public int CallBurst { get; set; } = 400;

    /// <summary>
    /// Streams that one credential may have open at a time, and partners' nodes behind one address. Default 50; 1 to
    /// 10,000.
    /// </summary>
    public int OpenStreams { get; set; } = 50;

    /// <summary>
    /// Calls of one credential that are answered at a time, streams aside; as many more wait for their turn. Bounds
    /// what a caller that doesn't read its answers makes the node hold. Default 50; 1 to 10,000.
    /// </summary>
    public int OpenCalls { get; set; } = 50;

    /// <summary>
    /// Connections that one address may have open, of IPv6 the /64 network. Further ones are closed before the
    /// handshake. Default 200; 1 to 10,000.
    /// </summary>
    public int ConnectionsPerAddress { get; set; } = 200;

    /// <summary>
    /// Calls with a wrong credential that one address may make a minute before it is told to wait. Default 30; 1 to
    /// 100,000.
    /// </summary>
    public int FailedLoginsPerMinute { get; set; } = 30;
}
