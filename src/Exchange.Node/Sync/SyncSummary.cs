using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>What a session did, for whoever asked for it.</summary>
/// <param name="SessionId">The session, as logs and receipts name it.</param>
/// <param name="Sent">Changes sent and acknowledged.</param>
/// <param name="Received">Changes received, durably.</param>
/// <param name="Quarantined">Of the received ones, how many were put into quarantine.</param>
/// <param name="DigestsMatch">Both directions' digests agreed.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="Resumed">It went on where an earlier one was cut.</param>
/// <param name="End">How it ended.</param>
internal sealed record SyncSummary(
    string SessionId,
    ulong Sent,
    ulong Received,
    ulong Quarantined,
    bool DigestsMatch,
    TimeSpan Duration,
    bool Resumed,
    SyncEnd End)
{
    /// <summary>After a restore on either side: records and removals given back, in both directions.</summary>
    public ulong Returned { get; init; }

    /// <summary>The differences that were found, in both directions.</summary>
    public SyncRepairs Found { get; init; } = new();

    /// <summary>The digests that were compared last were counted anew by both nodes, in both directions.</summary>
    public bool Recounted { get; init; }
}
