using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>
/// The data side of sync: one source and one sink for each peer with an agreement. Asking twice for the same peer is
/// cheap and gives ports over the same durable state; a session asks once, at its start, so that a new version of an
/// agreement takes effect with the next session.
/// </summary>
internal interface ISyncFlows
{
    /// <summary>What this node gives to a peer.</summary>
    /// <param name="peer">The peer's node id; a configured one, which the session has checked.</param>
    ISyncSource Source(string peer);

    /// <summary>Where this node puts what a peer gives.</summary>
    /// <param name="peer">The peer's node id; a configured one, which the session has checked.</param>
    ISyncSink Sink(string peer);

    /// <summary>
    /// How much was given, withheld, received and quarantined; cheap, and no hindrance to a running session.
    /// </summary>
    /// <param name="peer">The peer's node id.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<FlowStatus> StatusAsync(string peer, CancellationToken cancellationToken) => Task.FromResult(new FlowStatus());
}

/// <summary>What the data side knows of a peer.</summary>
internal sealed record FlowStatus
{
    /// <summary>Records that the peer holds of us, once everything sent is applied.</summary>
    public ulong Disclosed { get; init; }

    /// <summary>Records that we hold of the peer.</summary>
    public ulong Held { get; init; }

    /// <summary>How many places of the feed were held against new terms so far; 0 when that is done.</summary>
    public ulong Swept { get; init; }

    /// <summary>How many there are; 0 when it is done.</summary>
    public ulong SweepTarget { get; init; }

    /// <summary>What the peer hasn't given back yet.</summary>
    public RetractionCount Retractions { get; init; }

    /// <summary>
    /// How often a record was looked at and no gate let it through, in the last session that withheld any.
    /// </summary>
    public ulong Withheld { get; init; }

    /// <summary>The same for records that lacked a legal basis toward the peer.</summary>
    public ulong WithheldForBasis { get; init; }

    /// <summary>Changes sent and acknowledged so far.</summary>
    public ulong Sent { get; init; }

    /// <summary>
    /// How far the peer has acknowledged our feed, in its present epoch; tombstones behind it can go.
    /// </summary>
    public long Acknowledged { get; init; }

    /// <summary>Changes received and applied so far.</summary>
    public ulong Applied { get; init; }

    /// <summary>Changes from the peer that wait in quarantine.</summary>
    public ulong Quarantined { get; init; }

    /// <summary>What the peer gave back after this node was restored; null if it never was.</summary>
    public RestoreReport? Restored { get; init; }

    /// <summary>What this node gave back after the peer was restored; null if it never was.</summary>
    public RestoreReport? PeerRestored { get; init; }

    /// <summary>Records from the peer that name one that hasn't come.</summary>
    public ulong Waiting { get; init; }

    /// <summary>What the peer said that it put aside; counted up to 10,000.</summary>
    public ulong PutAside { get; init; }

    /// <summary>Quarantined changes that were discarded so far.</summary>
    public ulong Discarded { get; init; }
}
