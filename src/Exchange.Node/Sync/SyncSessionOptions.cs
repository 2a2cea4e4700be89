using Exchange.Node.Agreements;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.Sync;

/// <summary>
/// What a <see cref="SyncSession"/> is told once. Everything that it decides follows from these and its inputs.
/// </summary>
internal sealed record SyncSessionOptions
{
    /// <summary>This node's id.</summary>
    public required string Node { get; init; }

    /// <summary>The peer's node id.</summary>
    public required string Peer { get; init; }

    /// <summary>The epoch of this node's own feed.</summary>
    public required string Epoch { get; init; }

    /// <summary>The agreement that this side announces.</summary>
    public required AgreementTerms Agreement { get; init; }

    /// <summary>Another version that is good as well, until it begins; null when there is none.</summary>
    public AgreementTerms? Successor { get; init; }

    /// <summary>
    /// The agreement has ended, and one side still holds something of the other: sessions are let in to take it back,
    /// and close when that is done.
    /// </summary>
    public bool IsWindingUp { get; init; }

    /// <summary>
    /// When something else may flow than now: the session ends there. Null when no such moment is known.
    /// </summary>
    public DateTimeOffset? TermsUntil { get; init; }

    /// <summary>The newest entry of this side's audit chain, serialized; empty when it keeps none.</summary>
    public ByteString AuditHead { get; init; } = ByteString.Empty;

    /// <summary>The outages that this side has planned and that aren't over.</summary>
    public IReadOnlyList<PlannedOutage> Outages { get; init; } = [];

    /// <summary>What this side says of certificates; null where it says nothing.</summary>
    public CertificateTalk? Certificates { get; init; }

    /// <summary>What is known of the peer's.</summary>
    public IReadOnlyList<PlannedOutage> PeerOutages { get; init; } = [];

    /// <summary>Signs and checks receipts.</summary>
    public required IReceiptSigner Signer { get; init; }

    /// <summary>This side made the call: it chooses mode and session id and makes the receipt's statement.</summary>
    public required bool IsCaller { get; init; }

    /// <summary>Read on the calling side only.</summary>
    public SyncMode Mode { get; init; } = SyncMode.Nightly;

    /// <summary>
    /// Digests are counted anew from what is stored before they are compared. Read on the calling side only.
    /// </summary>
    public bool Verify { get; init; }

    /// <summary>A UUID; read on the calling side only.</summary>
    public string SessionId { get; init; } = "";

    /// <summary>The versions of the sync protocol that this side speaks.</summary>
    public ProtocolVersions Protocol { get; init; } = ProtocolVersions.Current;

    /// <summary>The software version, for people.</summary>
    public string Software { get; init; } = "";

    /// <summary>How many unacknowledged batches this side takes, and at most sends. Default 8; 1 to 64.</summary>
    public uint Window { get; init; } = 8;

    /// <summary>Longest silence of this side. Default 15 s.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Longest silence of the peer; several heartbeats. Default 60 s.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest time to wait for an answer from a peer that only sends heartbeats. Default 5 min.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The same for a peer that counts anew all that it holds. Default 4 h.</summary>
    public TimeSpan RecountTimeout { get; init; } = TimeSpan.FromHours(4);

    /// <summary>Shortest time between two digests of a live session. Default 10 s.</summary>
    public TimeSpan CaughtUpInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Shortest time between two receipts of a live session. Default 1 h.</summary>
    public TimeSpan ReceiptInterval { get; init; } = TimeSpan.FromHours(1);
}
