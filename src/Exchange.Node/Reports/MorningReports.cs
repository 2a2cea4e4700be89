using Exchange.Node.Access;
using Exchange.Node.Outages;
using Exchange.Node.Records;
using Exchange.Node.Reviews;
using Exchange.Node.Sync;
using Exchange.Node.Trust;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;

namespace Exchange.Node.Reports;

/// <summary>Puts the report of a day together.</summary>
internal sealed class MorningReports(
    PeerStates states,
    SyncPeers peers,
    OutageBook outages,
    IdentityReviews reviews,
    TlsIdentity certificate,
    CredentialBook credentials,
    NodeIdentity identity,
    TimeProvider time)
{
    // A nightly run, its delay and a morning's grace.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromHours(36);

    // Before that an upgrade that is due is told, and nobody is called to it.
    private static readonly TimeSpan UpgradeNotice = TimeSpan.FromDays(30);

    private const int MaxCredentials = 100;

    // What a node that is away, or a line to one, leaves behind. Anything else is a fault whatever was announced.
    private static readonly HashSet<ErrorReason> Silence =
    [
        ErrorReason.PeerUnreachable, ErrorReason.NodeStopping, ErrorReason.StoreUnavailable,
        ErrorReason.DeadlineExceeded, ErrorReason.CallCancelled,
    ];

    public async Task<GetMorningReportResponse> MakeAsync(
        DateOnly day, ReportLanguage language, CancellationToken cancellationToken)
    {
        var response = new GetMorningReportResponse
        {
            Day = DateRules.ToDate(day),
        };
        var isToday = day == NodeIdentity.Today(time);
        var statuses = isToday ? await states.ListAsync(cancellationToken) : [];
        foreach (var peer in peers.All)
        {
            var tally = await states.DayAsync(peer.Node, day, cancellationToken);
            var status = statuses.FirstOrDefault(status => status.Node == peer.Node);
            var between = await outages.BetweenAsync(peer.Node, cancellationToken);
            response.Partners.Add(Judge(peer.Node, tally, status, Touching(day, between, isToday)));
        }

        response.OpenReviewCount = isToday ? (ulong)await reviews.CountOpenAsync(cancellationToken) : 0;
        var end = new DateTimeOffset(certificate.Present.Leaf.NotAfter);
        response.CertificateValidToTime =
            isToday && end < time.GetUtcNow() + UpgradeNotice ? end.ToTimestamp() : null;
        if (isToday)
        {
            response.EndingCredentials.AddRange(await EndingAsync(cancellationToken));
        }

        var words = language == ReportLanguage.En ? ReportWords.English : ReportWords.Chinese;
        response.Lines.AddRange(new ReportText(words).Lines(identity.Id, response));
        return response;
    }

    // A system that is shut out overnight is noticed by whoever needs it.
    private async Task<IEnumerable<EndingCredential>> EndingAsync(CancellationToken cancellationToken)
    {
        var last = (time.GetUtcNow() + UpgradeNotice).ToTimestamp();
        return (await credentials.AllAsync(includeEnded: false, cancellationToken))
            .Where(credential => credential.ExpireTime is { } end && end < last)
            .OrderBy(credential => credential.Name, StringComparer.Ordinal)
            .Take(MaxCredentials)
            .Select(credential => new EndingCredential { Name = credential.Name, ExpireTime = credential.ExpireTime });
    }

    /// <summary>Says whose fault a failure was, and whether somebody should look.</summary>
    /// <param name="node">The partner.</param>
    /// <param name="day">What happened.</param>
    /// <param name="status">How things stand; null for a day that is past.</param>
    /// <param name="outages">What both announced for the day.</param>
    public static PartnerReport Judge(
        string node, PartnerDay day, PeerStatus? status, params IReadOnlyList<PlannedOutage> outages)
    {
        foreach (var failure in day.Failures)
        {
            failure.Fault = IsAnnounced(failure, outages) ? FaultSide.Unspecified : FaultTable.Of(failure);
        }

        var report = new PartnerReport { Node = node, Day = day, Status = status, PlannedOutages = { outages } };
        if (LastUnresolved(day) is { } open)
        {
            report.Fault = open.Fault;
        }

        report.NeedsAttention = report.Fault != FaultSide.Unspecified
            || (day.LastSuccessTime is not null && (!day.DigestsMatch || day.ReceiptOwed))
            || (status is null && day.LastSuccessTime is null && outages.Count == 0)
            || status is { LastSuccessTime: null } or { OverdueRetractionCount: > 0 } or { PartialCount: > 0 }
            || (status is not null && KeptCount(status) > 0)
            || MustUpgradeSoon(status)
            || LacksCertificate(status)
            || IsLate(status, outages);
        return report;
    }

    /// <summary>Quarantined changes about which nobody has decided yet.</summary>
    public static ulong KeptCount(PeerStatus status) =>
        status.QuarantinedCount - Math.Min(status.QuarantinedCount, status.DiscardedCount);

    // A partner that was never current needs somebody anyway.
    private static bool MustUpgradeSoon(PeerStatus? status) =>
        status is { ProtocolDeadline: { } deadline } && NowOf(status) is { } now
        && DateRules.Day(deadline.FromDate) <= NodeIdentity.DayOf(now + UpgradeNotice);

    // A partner that was never current needs somebody anyway.
    private static bool LacksCertificate(PeerStatus? status) =>
        status is { LacksNextCertificate: true }
        || (status?.PinnedUntilTime is { } until && NowOf(status) is { } now
            && until.ToDateTimeOffset() < now + UpgradeNotice);

    private static DateTimeOffset? NowOf(PeerStatus status) =>
        status is { LastSuccessTime: { } success, BehindDuration: { } behind }
        ? success.ToDateTimeOffset() + behind.ToTimeSpan()
        : null;

    // A partner that calls us and no longer does leaves no failure here, only silence. An open live session is silent
    // while there is nothing to say. Silence counts from the end of an announced outage.
    private static bool IsLate(PeerStatus? status, IReadOnlyList<PlannedOutage> outages)
    {
        if (status is not { RunningMode: not SyncMode.Live, LastSuccessTime: { } success }
            || NowOf(status) is not { } now)
        {
            return false;
        }

        if (outages.Any(outage => OutageRules.Covers(outage, now)))
        {
            return false;
        }

        var ends = outages.Where(outage => OutageRules.IsOver(outage, now)).Select(outage => outage.EndTime);
        return now - ends.Append(success).Max()!.ToDateTimeOffset() > LongestSilence;
    }

    private static bool IsAnnounced(DayFailure failure, IReadOnlyList<PlannedOutage> outages) =>
        Silence.Contains(failure.Reason)
        && outages.Any(outage => OutageRules.Covers(outage, failure.LastTime.ToDateTimeOffset()));

    // Today also what is yet to come, and what ended the day before: silence counts from its end.
    private static PlannedOutage[] Touching(DateOnly day, IReadOnlyList<PlannedOutage> outages, bool isToday)
    {
        var (from, to) = (NodeIdentity.StartOf(day), NodeIdentity.StartOf(day.AddDays(1)));
        return
        [
            .. outages.Where(outage => !OutageRules.IsOver(outage, isToday ? from - LongestSilence : from)
                && (isToday || outage.StartTime.ToDateTimeOffset() < to)),
        ];
    }

    /// <summary>The day's last failure that wasn't announced, unless a success came after it.</summary>
    public static DayFailure? LastUnresolved(PartnerDay day) =>
        day.Failures.LastOrDefault(failure => failure.Fault != FaultSide.Unspecified) is { } last
        && (day.LastSuccessTime is not { } success || success.CompareTo(last.LastTime) < 0)
            ? last
            : null;
}
