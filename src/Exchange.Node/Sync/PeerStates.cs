using System.Text;
using Exchange.Node.Outages;
using Exchange.Node.Records;
using Exchange.Node.Reviews;
using Exchange.Node.Trust;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Exchange.Node.Sync;

/// <summary>
/// How current each partner is, for operators. Kept in the store as a <see cref="PeerStatus"/> without what is computed
/// when it is asked for. Nothing in sync depends on it: cursors stand with the data.
/// </summary>
internal sealed class PeerStates(
    IRecordStore store,
    SyncPeers peers,
    PeerAgreements agreements,
    SyncLease lease,
    ISyncFlows flows,
    OutageBook outages,
    PartialRecords partial,
    PeerCertificates certificates,
    ProtocolVersions protocol,
    NodeIdentity identity,
    TimeProvider time)
{
    private const string Collection = "sync-peers";
    private const int Attempts = 10;

    private readonly PeerDays _days = new(store);

    /// <summary>Notes that a session began, and returns what tells of it from now on.</summary>
    public async Task<PeerSession> StartedAsync(string peer, CancellationToken cancellationToken)
    {
        var resumes = false;
        await ChangeAsync(
            peer,
            status =>
            {
                resumes = status.LastStartTime is not null && WasCut(status);
                status.LastStartTime = time.GetUtcNow().ToTimestamp();
                status.SessionCount++;
            },
            day => day.SessionCount++,
            cancellationToken);
        return new PeerSession(this, peer, resumes, time);
    }

    /// <summary>Notes that a call of a peer was refused before a session began.</summary>
    public Task RefusedAsync(SyncHello hello, SyncFailure why, CancellationToken cancellationToken) =>
        ChangeAsync(
            hello.Node,
            status =>
            {
                status.PeerProtocol = ProtocolVersions.Said(hello, hello.Node) ?? status.PeerProtocol;
                status.LastError = why.Message;
                status.LastHeardTime = time.GetUtcNow().ToTimestamp();
            },
            day => PeerDays.AddFailure(day, why, time.GetUtcNow()),
            cancellationToken);

    /// <summary>What happened with a peer on a day in Asia/Shanghai.</summary>
    public Task<PartnerDay> DayAsync(string peer, DateOnly day, CancellationToken cancellationToken) =>
        _days.ReadAsync(peer, day, cancellationToken);

    /// <summary>Notes when the schedule runs next; null for a partner that calls us, or while a session runs.</summary>
    public Task SetNextRunAsync(string peer, DateTimeOffset? next, CancellationToken cancellationToken) =>
        ChangeAsync(peer, status => status.NextRunTime = next?.ToTimestamp(), cancellationToken);

    /// <summary>When the last session began; null if there was none.</summary>
    public async Task<DateTimeOffset?> LastStartAsync(string peer, CancellationToken cancellationToken) =>
        (await StoredAsync(store, peer, cancellationToken)).Status.LastStartTime?.ToDateTimeOffset();

    /// <summary>One element for each partner, configured or with an agreement, by node id.</summary>
    public async Task<IReadOnlyList<PeerStatus>> ListAsync(CancellationToken cancellationToken)
    {
        var head = (await store.GetStatusAsync(cancellationToken)).Head;
        var list = new List<PeerStatus>();
        foreach (var peer in peers.All)
        {
            var (status, _) = await StoredAsync(store, peer.Node, cancellationToken);
            await CompleteAsync(status, peer, head, cancellationToken);
            list.Add(status);
        }

        await certificates.CompleteAsync(list, cancellationToken);
        return await agreements.CompleteAsync(list, cancellationToken);
    }

    /// <summary>Changes what is kept of a peer; several processes may do so at once.</summary>
    internal Task ChangeAsync(string peer, Action<PeerStatus> change, CancellationToken cancellationToken) =>
        ChangeAsync(peer, change, tally: null, cancellationToken);

    /// <summary>Changes what is kept of a peer and of today, in one commit.</summary>
    internal async Task ChangeAsync(
        string peer, Action<PeerStatus> change, Action<PartnerDay>? tally, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (status, standing) = await StoredAsync(store, peer, cancellationToken);
            change(status);
            var entries = new List<EntryWrite>
            {
                new(Collection, KeyOf(peer), status.ToByteArray(), new EntryExpectation(standing)),
            };
            if (tally is not null)
            {
                entries.AddRange(await _days.ChangeAsync(peer, NodeIdentity.Today(time), tally, cancellationToken));
            }

            try
            {
                await store.CommitAsync(new Commit { Entries = entries }, cancellationToken);
                return;
            }
            catch (EntryConflictException) when (attempt < Attempts)
            {
                // Another process told something of the same peer.
            }
        }
    }

    /// <summary>What is stored of a peer, with its bytes; a status that says nothing if there is none.</summary>
    internal static async Task<(PeerStatus Status, ReadOnlyMemory<byte>? Standing)> StoredAsync(
        IRecordStore store, string peer, CancellationToken cancellationToken)
    {
        var standing = (await store.GetEntriesAsync(Collection, [KeyOf(peer)], cancellationToken))[0];
        var status = standing is { } bytes ? PeerStatus.Parser.ParseFrom(bytes.Span) : new PeerStatus { Node = peer };
        return (status, standing);
    }

    private async Task CompleteAsync(
        PeerStatus status, SyncPeer peer, FeedPosition head, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var terms = peer.TermsOn(NodeIdentity.Today(time));
        status.AgreementId = terms.Agreement.Id;
        status.AgreementVersion = terms.Agreement.Version;
        status.RunningMode = await lease.RunningAsync(peer.Node, cancellationToken);
        status.Applied = await flows.Sink(peer.Node).AppliedAsync(cancellationToken);
        var flow = await flows.StatusAsync(peer.Node, cancellationToken);
        status.DisclosedCount = flow.Disclosed;
        status.WithheldCount = flow.Withheld;
        status.QuarantinedCount = flow.Quarantined;
        status.WaitingCount = flow.Waiting;
        status.PutAsideCount = flow.PutAside;
        status.DiscardedCount = flow.Discarded;
        status.OpenRetractionCount = flow.Retractions.Open;
        status.OldestRetractionTime = flow.Retractions.Oldest?.ToTimestamp();
        status.OverdueRetractionCount = flow.Retractions.Overdue;
        status.SweptPositions = flow.Swept;
        status.SweepPositions = flow.SweepTarget;
        status.WindingUp = peer.WindsUpBy(NodeIdentity.Today(time)) is not null;
        status.Restored = flow.Restored;
        status.PeerRestored = flow.PeerRestored;
        var acknowledged = FeedCursors.Within(store.Epoch.ToString(), status.Acknowledged);
        status.PositionsBehind = (ulong)Math.Max(0, head.Value - (long)acknowledged.Position);
        status.BehindDuration = status.LastSuccessTime is { } success
            ? Duration.FromTimeSpan(now - success.ToDateTimeOffset())
            : null;
        var between = await outages.BetweenAsync(peer.Node, cancellationToken);
        status.PlannedOutages.AddRange(between.Where(outage => !OutageRules.IsOver(outage, now)));
        status.PartialCount = flow.Restored is null ? 0 : (ulong)await partial.CountAsync(peer.Node, cancellationToken);
        status.ProtocolDeadline = protocol.DeadlineWith(identity.Id, peer.Node, status.PeerProtocol);
        status.KeptUntilTime = PartnerRetention.KeptUntil(status, between)?.ToTimestamp();
    }

    // A crash leaves neither an error nor a success.
    private static bool WasCut(PeerStatus status) =>
        status.LastError.Length > 0
        || status.LastSuccessTime is not { } success
        || success.CompareTo(status.LastStartTime) < 0;

    private static ReadOnlyMemory<byte> KeyOf(string peer) => Encoding.UTF8.GetBytes(peer);
}
