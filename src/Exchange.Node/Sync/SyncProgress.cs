using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>What a session has done so far.</summary>
internal sealed record SyncProgress
{
    /// <summary>The session's id; empty before the calling side's Hello.</summary>
    public string SessionId { get; init; } = "";

    /// <summary>Whether the stream stays open after both sides have caught up.</summary>
    public SyncMode Mode { get; init; }

    /// <summary>Changes sent and acknowledged.</summary>
    public ulong Sent { get; init; }

    /// <summary>These, by kind.</summary>
    public IReadOnlyDictionary<string, ulong> SentKinds { get; init; } = new Dictionary<string, ulong>();

    /// <summary>Changes received and applied or skipped, durably.</summary>
    public ulong Received { get; init; }

    /// <summary>These, by kind.</summary>
    public IReadOnlyDictionary<string, ulong> ReceivedKinds { get; init; } = new Dictionary<string, ulong>();

    /// <summary>Of the received ones, how many were put into quarantine.</summary>
    public ulong Quarantined { get; init; }

    /// <summary>Records and removals given back after a restore on either side, in both directions.</summary>
    public ulong Returned { get; init; }

    /// <summary>The peer last read another epoch of our feed: this node was restored since.</summary>
    public bool IsRestored { get; init; }

    /// <summary>We last read another epoch of the peer's feed: the peer was restored since.</summary>
    public bool IsPeerRestored { get; init; }

    /// <summary>Where the peer stands in our feed; null before its Hello.</summary>
    public FeedCursor? Acknowledged { get; init; }

    /// <summary>Where we stand in the peer's feed; null before its Hello.</summary>
    public FeedCursor? Applied { get; init; }

    /// <summary>The session began behind the start of at least one feed.</summary>
    public bool BeganWithin { get; init; }

    /// <summary>The digest of what we gave, as of our last CaughtUp; null before.</summary>
    public SyncDigest? OutgoingDigest { get; init; }

    /// <summary>The digest of what we hold, as of the peer's last CaughtUp; null before.</summary>
    public SyncDigest? IncomingDigest { get; init; }

    /// <summary>Both directions were compared and agreed.</summary>
    public bool DigestsMatch { get; init; }

    /// <summary>The number of the session's newest complete receipt; 0 before there is one.</summary>
    public ulong Receipt { get; init; }

    /// <summary>The digests compared last were counted anew by both nodes, in both directions.</summary>
    public bool WasRecounted { get; init; }

    /// <summary>What both nodes found in both directions.</summary>
    public SyncRepairs Found { get; init; } = new();

    /// <summary>How far the peer's clock was ahead of ours at its Hello.</summary>
    public TimeSpan Skew { get; init; }

    /// <summary>What the peer's Hello said of certificates; null before, or when it said nothing.</summary>
    public CertificateTalk? PeerCertificates { get; init; }

    /// <summary>What the peer's Hello said of the protocol, also one that was refused; null before.</summary>
    public PeerProtocol? PeerProtocol { get; init; }
}
