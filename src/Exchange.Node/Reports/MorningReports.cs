using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.V1;
using Google.Type;

namespace Exchange.Node.Reports;

/// <summary>Puts the report of a day together.</summary>
internal sealed class MorningReports(PeerStates states, SyncPeers peers, NodeIdentity identity, TimeProvider time)
{
    // A nightly run, its delay and a morning's grace.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromHours(36);

    public async Task<GetMorningReportResponse> MakeAsync(
        DateOnly day, ReportLanguage language, CancellationToken cancellationToken)
    {
        var response = new GetMorningReportResponse
        {
            Day = new Date { Year = day.Year, Month = day.Month, Day = day.Day },
        };
        var isToday = day == NodeIdentity.Today(time);
        var statuses = isToday ? await states.ListAsync(cancellationToken) : [];
        foreach (var peer in peers.All)
        {
            var tally = await states.DayAsync(peer.Node, day, cancellationToken);
            response.Partners.Add(Judge(peer.Node, tally, statuses.FirstOrDefault(status => status.Node == peer.Node)));
        }

        var words = language == ReportLanguage.En ? ReportWords.English : ReportWords.Chinese;
        response.Lines.AddRange(new ReportText(words).Lines(identity.Id, response));
        return response;
    }

    /// <summary>Says whose fault a failure was, and whether somebody should look.</summary>
    /// <param name="node">The partner.</param>
    /// <param name="day">What happened.</param>
    /// <param name="status">How things stand; null for a day that is past.</param>
    public static PartnerReport Judge(string node, PartnerDay day, PeerStatus? status)
    {
        foreach (var failure in day.Failures)
        {
            failure.Fault = FaultTable.Of(failure);
        }

        var report = new PartnerReport { Node = node, Day = day, Status = status };
        if (LastUnresolved(day) is { } open)
        {
            report.Fault = open.Fault;
        }

        report.NeedsAttention = report.Fault != FaultSide.Unspecified
            || (day.LastSuccessTime is not null && (!day.DigestsMatch || day.ReceiptOwed))
            || (status is null && day.LastSuccessTime is null)
            || (status is { LastSuccessTime: null } or { OverdueRetractionCount: > 0 } or { QuarantinedCount: > 0 })
            || IsLate(status);
        return report;
    }

    // A partner that calls us and no longer does leaves no failure here, only silence. An open live session is silent
    // while there is nothing to say.
    private static bool IsLate(PeerStatus? status) =>
        status is { BehindDuration: { } behind, RunningMode: not SyncMode.Live }
        && behind.ToTimeSpan() > LongestSilence;

    /// <summary>The day's last failure, unless a success came after it.</summary>
    public static DayFailure? LastUnresolved(PartnerDay day) =>
        day.Failures.LastOrDefault() is { } last
        && (day.LastSuccessTime is not { } success || success.CompareTo(last.LastTime) < 0)
            ? last
            : null;
}
