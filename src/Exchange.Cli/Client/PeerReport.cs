using Exchange.V1;

namespace Exchange.Cli.Client;

/// <summary>How a node and one partner stand to each other.</summary>
internal sealed record PeerReport
{
    /// <summary>The partner's node id.</summary>
    public required string Node { get; init; }

    /// <summary>The agreement with its version: <c>zhaotong-dongguan:1</c>; null when none is signed by both.</summary>
    public required string? Agreement { get; init; }

    /// <summary>The version that both have signed and that begins later; null when there is none.</summary>
    public required uint? NextAgreementVersion { get; init; }

    /// <summary>The agreement's last day; null when no end was agreed.</summary>
    public required string? AgreementEnds { get; init; }

    /// <summary>Who takes whose place after that day, in words; null when nobody does.</summary>
    public required string? Heir { get; init; }

    /// <summary>Who has taken whose place, in words.</summary>
    public required IReadOnlyList<string> Successions { get; init; }

    /// <summary>A version that lacks a signature, ours or the partner's; null when there is none.</summary>
    public required uint? OpenAgreementVersion { get; init; }

    /// <summary><c>nightly</c> or <c>live</c> while a session runs; null when none does.</summary>
    public required string? Running { get; init; }

    public required DateTimeOffset? LastStart { get; init; }

    /// <summary>When both sides last had caught up.</summary>
    public required DateTimeOffset? LastSuccess { get; init; }

    /// <summary>Why the last session failed; null when it didn't.</summary>
    public required string? LastError { get; init; }

    public required DateTimeOffset? NextRun { get; init; }

    /// <summary>Places of our feed that the partner hasn't acknowledged.</summary>
    public required ulong PositionsBehind { get; init; }

    public required bool DigestsMatch { get; init; }

    /// <summary>The digest of what we gave, in hexadecimal; null before the first pass.</summary>
    public required string? OutgoingDigest { get; init; }

    /// <summary>The digest of what we hold from the partner.</summary>
    public required string? IncomingDigest { get; init; }

    /// <summary>Records covered by the digest of what we gave.</summary>
    public required ulong Given { get; init; }

    /// <summary>Records covered by the digest of what we hold from the partner.</summary>
    public required ulong Held { get; init; }

    /// <summary>Records that the partner holds of us.</summary>
    public required ulong Disclosed { get; init; }

    /// <summary>Records of the agreement's kinds that no gate let through.</summary>
    public required ulong Withheld { get; init; }

    public required ulong Quarantined { get; init; }

    /// <summary>Records of the partner that name one that hasn't come.</summary>
    public required ulong Waiting { get; init; }

    /// <summary>What the partner said that it put aside of what we gave.</summary>
    public required ulong PutAside { get; init; }

    /// <summary>Of the quarantined changes, those that were discarded.</summary>
    public required ulong Discarded { get; init; }

    /// <summary>Records that the partner must give back and hasn't acknowledged.</summary>
    public required ulong OpenRetractions { get; init; }

    /// <summary>Since when the oldest of these is open; null when there is none.</summary>
    public required DateTimeOffset? OldestRetraction { get; init; }

    /// <summary>How many of these are past their deadline.</summary>
    public required ulong OverdueRetractions { get; init; }

    /// <summary>How many places of our feed were held against new terms so far.</summary>
    public required ulong Swept { get; init; }

    /// <summary>How many there are; 0 when that is done.</summary>
    public required ulong SweepTotal { get; init; }

    /// <summary>The agreement ends: everything is taken back.</summary>
    public required bool WindingUp { get; init; }

    /// <summary>What the partner gave back after this node was restored; null if it never was.</summary>
    public required ReturnReport? Restored { get; init; }

    /// <summary>What this node gave back after the partner was restored; null if it never was.</summary>
    public required ReturnReport? PeerRestored { get; init; }

    /// <summary>Outages that either side has announced and that aren't over.</summary>
    public required IReadOnlyList<OutageReport> Outages { get; init; }

    /// <summary>How many of its certificates are pinned here and good; with 0 no call gets through.</summary>
    public required uint PinnedCertificates { get; init; }

    /// <summary>Until when the last of these is good; null when there is none.</summary>
    public required DateTimeOffset? PinnedUntil { get; init; }

    /// <summary>It hasn't said yet that it holds this node's next certificate.</summary>
    public required bool LacksNextCertificate { get; init; }

    /// <summary>Which of the two nodes must be upgraded; null when neither must.</summary>
    public required UpgradeReport? Upgrade { get; init; }

    /// <summary>Records that the partner gave back after a restore and that aren't whole.</summary>
    public required ulong Partial { get; init; }

    /// <summary>When the partner was last heard of; null if it never was.</summary>
    public required DateTimeOffset? LastHeard { get; init; }

    /// <summary>Until when what was deleted is kept for a silent partner; null for one never heard of.</summary>
    public required DateTimeOffset? KeptUntil { get; init; }

    public required ulong Sessions { get; init; }

    /// <summary>Sessions that went on where an earlier one was cut.</summary>
    public required ulong Resumed { get; init; }

    /// <summary>Changes received and applied.</summary>
    public required ulong Received { get; init; }

    /// <summary>Changes sent and acknowledged.</summary>
    public required ulong Sent { get; init; }

    /// <summary>When both nodes last counted anew, in both directions; null if they never did.</summary>
    public required DateTimeOffset? LastVerify { get; init; }

    /// <summary>Both agreed then, and nothing was left unrepaired.</summary>
    public required bool Verified { get; init; }

    /// <summary>Differences that were found and repaired so far.</summary>
    public required ulong Repaired { get; init; }

    /// <summary>Differences that the last session couldn't repair.</summary>
    public required ulong Unrepaired { get; init; }

    public static PeerReport From(PeerStatus peer) => new()
    {
        Node = peer.Node,
        Agreement = peer.AgreementId.Length == 0 ? null : $"{peer.AgreementId}:{peer.AgreementVersion}",
        NextAgreementVersion = peer.NextAgreementVersion == 0 ? null : peer.NextAgreementVersion,
        AgreementEnds = peer.AgreementValidToDate is { } end ? Agreements.DayOption.Text(end) : null,
        Heir = peer.Heir is { } heir ? $"{heir.ByNode} takes the place of {heir.Node}" : null,
        Successions = [.. peer.Successions.Select(one => $"{one.ByNode} took the place of {one.Node}")],
        OpenAgreementVersion = peer.OpenAgreementVersion == 0 ? null : peer.OpenAgreementVersion,
        Running = peer.RunningMode == SyncMode.Unspecified ? null : Output.Names.Lower(peer.RunningMode.ToString()),
        LastStart = peer.LastStartTime?.ToDateTimeOffset(),
        LastSuccess = peer.LastSuccessTime?.ToDateTimeOffset(),
        LastError = peer.LastError.Length == 0 ? null : peer.LastError,
        NextRun = peer.NextRunTime?.ToDateTimeOffset(),
        PositionsBehind = peer.PositionsBehind,
        DigestsMatch = peer.DigestsMatch,
        OutgoingDigest = Hex(peer.OutgoingDigest),
        IncomingDigest = Hex(peer.IncomingDigest),
        Given = peer.OutgoingDigest?.Count ?? 0,
        Held = peer.IncomingDigest?.Count ?? 0,
        Disclosed = peer.DisclosedCount,
        Withheld = peer.WithheldCount,
        Quarantined = peer.QuarantinedCount,
        Waiting = peer.WaitingCount,
        PutAside = peer.PutAsideCount,
        Discarded = peer.DiscardedCount,
        OpenRetractions = peer.OpenRetractionCount,
        OldestRetraction = peer.OldestRetractionTime?.ToDateTimeOffset(),
        OverdueRetractions = peer.OverdueRetractionCount,
        Swept = peer.SweptPositions,
        SweepTotal = peer.SweepPositions,
        WindingUp = peer.WindingUp,
        Restored = ReturnReport.From(peer.Restored),
        PeerRestored = ReturnReport.From(peer.PeerRestored),
        Outages = [.. peer.PlannedOutages.Select(OutageReport.From)],
        PinnedCertificates = peer.PinnedCertificateCount,
        PinnedUntil = peer.PinnedUntilTime?.ToDateTimeOffset(),
        LacksNextCertificate = peer.LacksNextCertificate,
        Upgrade = UpgradeReport.From(peer.ProtocolDeadline),
        Partial = peer.PartialCount,
        LastHeard = peer.LastHeardTime?.ToDateTimeOffset(),
        KeptUntil = peer.KeptUntilTime?.ToDateTimeOffset(),
        Sessions = peer.SessionCount,
        Resumed = peer.ResumedCount,
        Received = peer.ReceivedCount,
        Sent = peer.SentCount,
        LastVerify = peer.LastVerifyTime?.ToDateTimeOffset(),
        Verified = peer.Verified,
        Repaired = peer.RepairedCount,
        Unrepaired = peer.UnrepairedCount,
    };

    private static string? Hex(SyncDigest? digest) =>
        digest is null or { Root.IsEmpty: true } ? null : Convert.ToHexStringLower(digest.Root.Span);
}
