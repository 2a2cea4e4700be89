using System.Diagnostics;
using Exchange.Node.Audit;
using Exchange.Node.Outages;
using Exchange.Node.Records;
using Exchange.Node.Trust;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Exchange.Node.Sync;

/// <summary>
/// Runs one session with a peer, whichever side called: from taking its place to telling how it went.
/// </summary>
internal sealed partial class SyncConductor(
    SyncPeers peers,
    SyncSessions sessions,
    PeerStates states,
    ISyncFlows flows,
    OutageBook outages,
    CertificateTalks certificates,
    IRecordStore store,
    NodeIdentity identity,
    NodeKeys keys,
    IOptions<SyncOptions> options,
    ProtocolVersions protocol,
    AuditTrail trail,
    TimeProvider time,
    ILogger<SyncConductor> log)
{
    private static readonly TimeSpan WorthMentioning = TimeSpan.FromMinutes(1);

    private static readonly string Software =
        typeof(SyncConductor).Assembly.GetName().Version?.ToString(3) ?? "unknown";

    /// <summary>Runs a session that this side called for.</summary>
    /// <exception cref="Errors.ExchangeException">It failed.</exception>
    public async Task<SyncSummary> CallAsync(
        SyncPeer peer, SyncMode mode, bool verify, ISyncStream stream, CancellationToken cancellationToken)
    {
        var session = Guid.CreateVersion7(time.GetUtcNow());
        var said = await OptionsForAsync(peer, session, mode, isCaller: true, cancellationToken);
        return await ConductAsync(peer, said with { Verify = verify }, session, stream, cancellationToken);
    }

    /// <summary>Runs a session that the peer called for.</summary>
    /// <param name="peer">The peer, admitted.</param>
    /// <param name="hello">Its Hello, which the stream gives once more.</param>
    /// <param name="stream">The call.</param>
    /// <param name="cancellationToken">The call is gone.</param>
    /// <exception cref="Errors.ExchangeException">It failed.</exception>
    public async Task<SyncSummary> AnswerAsync(
        SyncPeer peer, SyncHello hello, ISyncStream stream, CancellationToken cancellationToken)
    {
        _ = Guid.TryParse(hello.SessionId, out var session);
        var said = await OptionsForAsync(peer, session, hello.Mode, isCaller: false, cancellationToken);

        // Asked before the session takes its place, so that a call which can't succeed interrupts none that does.
        if (HelloCheck.Check(hello, said, hello.SessionId, time.GetUtcNow()) is { } mismatch)
        {
            await states.RefusedAsync(hello, mismatch, cancellationToken);
            throw mismatch.ToException();
        }

        // Taken before this side's Hello, which then says already that it holds what was announced.
        await certificates.HeardAsync(peer, hello.Certificates, cancellationToken);
        said = said with { Certificates = await certificates.SayAsync(peer.Node, cancellationToken) };
        return await ConductAsync(peer, said, session, stream, cancellationToken);
    }

    private async Task<SyncSummary> ConductAsync(
        SyncPeer peer,
        SyncSessionOptions said,
        Guid sessionId,
        ISyncStream stream,
        CancellationToken cancellationToken)
    {
        using var entered = trail.Enter(AuditContext.Partner(peer.Node, "exchange.v1.SyncService/Sync"));
        await using var ticket = await sessions.EnterAsync(peer.Node, sessionId, said.Mode, cancellationToken);
        var (source, sink) = (flows.Source(peer.Node), flows.Sink(peer.Node));

        // Asked after the ports were made, which is done under the terms of that moment: nothing may flow under other
        // terms than the Hello names.
        var isAsSaid = peers.TryFind(peer.Node, out var present) && present == peer;
        if (!isAsSaid || said.TermsUntil <= time.GetUtcNow())
        {
            throw SyncFailure.AgreementChanged(peer.Node).ToException();
        }

        var started = time.GetTimestamp();
        var told = await states.StartedAsync(peer.Node, cancellationToken);
        Began(sessionId, peer.Node, said.Mode, said.IsCaller);
        var session = new SyncSession(said);
        var ports = new SyncPorts(
            source,
            sink,
            new SyncReceipts(store, peer.Node),
            new PassedOnReports(store, identity.Id, peer.Node, time),
            (progress, token) => SettledAsync(told, progress, peer, said.IsCaller, token))
        {
            Outages = outages,
        };
        SyncFailure? failure = null;
        try
        {
            var end = await new SyncRunner(session, stream, ports, peer.Node, time)
                .RunAsync(ticket.Left, cancellationToken);
            return Summarise(session.Progress, told, time.GetElapsedTime(started), end);
        }
        catch (Exception exception)
        {
            failure = session.Failure
                ?? PeerFailure.Of(exception, peer.Node)
                ?? Unexpected(sessionId, peer.Node, exception);
            if (exception is OperationCanceledException or RpcException)
            {
                throw failure.ToException();
            }

            throw;
        }
        finally
        {
            await TellAsync(told, session.Progress, failure, peer.Node, sessionId);
        }
    }

    private async Task SettledAsync(
        PeerSession told, SyncProgress progress, SyncPeer peer, bool isCaller, CancellationToken cancellationToken)
    {
        if (!told.HasSettled && isCaller)
        {
            await certificates.HeardAsync(peer, progress.PeerCertificates, cancellationToken);
        }

        if (!told.HasSettled && protocol.DeadlineWith(identity.Id, peer.Node, progress.PeerProtocol) is { } deadline)
        {
            MustUpgrade(
                progress.SessionId, deadline.Node, DateRules.Day(deadline.FromDate), deadline.RefusingNode,
                deadline.MaxProtocol, deadline.NeededProtocol);
        }

        await told.SettledAsync(progress, time.GetUtcNow(), cancellationToken);
    }

    private async Task TellAsync(
        PeerSession told, SyncProgress progress, SyncFailure? failure, string peer, Guid session)
    {
        if (failure is null)
        {
            Ended(session, peer, progress.Sent, progress.Received, progress.Quarantined, progress.DigestsMatch);
        }
        else
        {
            Failed(session, peer, progress.Sent, progress.Received, failure.Message);
        }

        await TellRestoreAsync(progress, peer, session);
        if (progress.Found.Count > 0)
        {
            Differed(session, peer, progress.Found.Count, progress.Found.UnrepairedCount, Causes(progress.Found));
        }

        if (progress.Skew.Duration() > WorthMentioning)
        {
            Skewed(session, peer, progress.Skew);
        }

        try
        {
            // A node that is being stopped in good order has nothing to complain of.
            var error = failure?.Reason == ErrorReason.NodeStopping ? null : failure;
            await told.EndedAsync(progress, error, CancellationToken.None);
        }
        catch (StoreException exception)
        {
            // Only the operator's view lags; the session's own end is what its caller must hear of.
            NotTold(session, peer, exception);
        }
    }

    private async Task TellRestoreAsync(SyncProgress progress, string peer, Guid session)
    {
        if (!progress.IsRestored && !progress.IsPeerRestored)
        {
            return;
        }

        try
        {
            var status = await flows.StatusAsync(peer, CancellationToken.None);
            if (progress.IsRestored && status.Restored is { } ours)
            {
                Restored(
                    session, peer, ours.ReturnedCount, ours.ErasedAgainCount, ours.RestampedCount, ours.IsComplete);
            }

            if (progress.IsPeerRestored && status.PeerRestored is { } theirs)
            {
                PeerRestored(session, peer, theirs.ReturnedCount, theirs.IsComplete);
            }
        }
        catch (StoreException exception)
        {
            NotTold(session, peer, exception);
        }
    }

    private static SyncSummary Summarise(
        SyncProgress progress, PeerSession told, TimeSpan duration, SyncEnd end) => new(
        progress.SessionId,
        progress.Sent,
        progress.Received,
        progress.Quarantined,
        progress.DigestsMatch,
        duration,
        told.Resumes(progress),
        end)
        {
            Returned = progress.Returned,
            Found = progress.Found,
            Recounted = progress.WasRecounted,
        };

    private static string Causes(SyncRepairs found) => string.Join(", ", found.Items
        .GroupBy(item => (item.Cause, item.Node))
        .Select(group => $"{group.Count()} {group.Key.Cause} at {group.Key.Node}"));

    // Asked only after the end: whether one side still holds something of the other.
    private async Task<bool> IsWindingUpAsync(SyncPeer peer, DateOnly today, CancellationToken cancellationToken)
    {
        if (peer.WindsUpBy(today) is not { } by || by > time.GetUtcNow())
        {
            return false;
        }

        var flow = await flows.StatusAsync(peer.Node, cancellationToken);
        return flow.Disclosed + flow.Held + flow.Retractions.Open > 0;
    }

    /// <summary>What this side says to a peer, in a session or in a bundle.</summary>
    public async Task<SyncSessionOptions> OptionsForAsync(
        SyncPeer peer, Guid session, SyncMode mode, bool isCaller, CancellationToken cancellationToken)
    {
        var today = NodeIdentity.Today(time);
        var terms = peer.TermsOn(today);
        var isWindingUp = await IsWindingUpAsync(peer, today, cancellationToken);
        return new SyncSessionOptions
        {
            Node = identity.Id,
            Peer = peer.Node,
            Epoch = store.Epoch.ToString(),
            Agreement = terms,
            Successor = peer.SuccessorOn(today),
            IsWindingUp = isWindingUp,
            TermsUntil = PassingOn.Named(peers, peer).Append(peer).Min(other => other.ChangesAfter(today)),
            AuditHead = trail.Head?.ToByteString() ?? ByteString.Empty,
            Outages = await outages.OwnAsync(cancellationToken),
            Certificates = isCaller ? await certificates.SayAsync(peer.Node, cancellationToken) : null,
            PeerOutages = await outages.PlannedAsync(peer.Node, cancellationToken),
            Signer = new NodeReceiptSigner(identity, keys, peer.Versions),
            IsCaller = isCaller,
            Mode = mode == SyncMode.Live && !isWindingUp ? SyncMode.Live : SyncMode.Nightly,
            SessionId = session.ToString(),
            Protocol = protocol,
            Software = Software,
            Window = (uint)options.Value.Window,
            Heartbeat = options.Value.Heartbeat,
            IdleTimeout = options.Value.IdleTimeout,
        };
    }

    private SyncFailure Unexpected(Guid session, string peer, Exception exception)
    {
        var trace = Activity.Current?.TraceId.ToString() ?? session.ToString("N");
        Fault(session, peer, trace, exception);
        return new SyncFailure(
            StatusCode.Internal,
            ErrorReason.Internal,
            $"A fault of this node. Its log has the details under trace id {trace}.")
        {
            Metadata = new Dictionary<string, string> { ["trace_id"] = trace },
        };
    }

    [LoggerMessage(1, LogLevel.Information, "Sync {Session} with {Peer} began: {Mode}, called by us: {IsCaller}")]
    private partial void Began(Guid session, string peer, SyncMode mode, bool isCaller);

    [LoggerMessage(2, LogLevel.Information,
        "Sync {Session} with {Peer} ended: {Sent} sent, {Received} received, {Quarantined} quarantined, "
        + "digests agree: {Match}")]
    private partial void Ended(
        Guid session, string peer, ulong sent, ulong received, ulong quarantined, bool match);

    [LoggerMessage(3, LogLevel.Warning,
        "Sync {Session} with {Peer} was cut after {Sent} sent and {Received} received: {Why}")]
    private partial void Failed(Guid session, string peer, ulong sent, ulong received, string why);

    [LoggerMessage(4, LogLevel.Warning, "Sync {Session}: the clock of {Peer} is ahead by {Skew}")]
    private partial void Skewed(Guid session, string peer, TimeSpan skew);

    [LoggerMessage(5, LogLevel.Warning, "Sync {Session} with {Peer}: its end wasn't stored")]
    private partial void NotTold(Guid session, string peer, Exception exception);

    [LoggerMessage(7, LogLevel.Warning,
        "Sync {Session}: this node was restored from a backup. {Peer} gave back what it held: {Returned} records "
        + "were lost here and are kept partial, {Erased} are erased or withdrawn again, {Restamped} stand in an older "
        + "version under a newer one; complete: {Complete}")]
    private partial void Restored(
        Guid session, string peer, ulong returned, ulong erased, ulong restamped, bool complete);

    [LoggerMessage(8, LogLevel.Warning,
        "Sync {Session}: {Peer} was restored from a backup. {Returned} records and removals were given back to it; "
        + "complete: {Complete}")]
    private partial void PeerRestored(Guid session, string peer, ulong returned, bool complete);

    [LoggerMessage(9, LogLevel.Warning,
        "Sync {Session} with {Peer}: {Count} differences, {Unrepaired} of them not repaired; "
        + "of the first 100: {Causes}")]
    private partial void Differed(Guid session, string peer, ulong count, ulong unrepaired, string causes);

    [LoggerMessage(10, LogLevel.Warning,
        "Sync {Session}: upgrade {Node} before {Day}: {Refusing} refuses it from that day on. It speaks sync protocol "
        + "{Max} at most, and {Needed} is needed then")]
    private partial void MustUpgrade(
        string session, string node, DateOnly? day, string refusing, uint max, uint needed);

    [LoggerMessage(6, LogLevel.Error, "Sync {Session} with {Peer} failed unexpectedly (trace id {Trace})")]
    private partial void Fault(Guid session, string peer, string trace, Exception exception);
}
