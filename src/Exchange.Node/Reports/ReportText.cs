using System.Globalization;
using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;

namespace Exchange.Node.Reports;

/// <summary>A report in words, for somebody at a desk in the morning. Follows from the report alone.</summary>
internal sealed class ReportText(ReportWords words)
{
    private const int CertificateNoticeDays = 30;

    /// <summary>The report, a line each.</summary>
    /// <param name="node">This node.</param>
    /// <param name="report">What is told.</param>
    public IEnumerable<string> Lines(string node, GetMorningReportResponse report)
    {
        var day = new DateOnly(report.Day.Year, report.Day.Month, report.Day.Day);
        yield return Say(words.Title, node, day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        if (report.Partners.Count == 0)
        {
            yield return words.NoPartners;
        }

        foreach (var partner in report.Partners)
        {
            yield return Say(partner.NeedsAttention ? words.Attention : words.Well, partner.Node);
            string[] lines =
            [
                .. Day(partner), .. Outages(partner), .. Failure(partner), .. Upgrade(partner, day),
                .. Certificates(partner, day), .. Standing(partner),
            ];
            foreach (var line in lines)
            {
                yield return "  " + line;
            }
        }

        if (report.CertificateValidToTime is { } end)
        {
            yield return Say(words.OwnCertificateEnds, Time(end));
        }

        foreach (var credential in report.EndingCredentials)
        {
            yield return Say(words.CredentialEnds, credential.Name, Time(credential.ExpireTime));
        }

        if (report.OpenReviewCount > 0)
        {
            yield return Say(words.Reviews, Number(report.OpenReviewCount));
        }
    }

    private IEnumerable<string> Day(PartnerReport partner)
    {
        var day = partner.Day;
        if (day.SessionCount + day.FailedCount == 0)
        {
            yield return words.NoSessions;
            yield break;
        }

        yield return Say(
            words.Moved, Number(day.ReceivedCount), Kinds(day.Received), Number(day.SentCount), Kinds(day.Sent));
        yield return Say(words.Sessions, Number(day.SessionCount), Number(day.FailedCount));
        if (day.LastSuccessTime is not null)
        {
            yield return day.DigestsMatch ? words.DigestsAgree : Say(words.DigestsDiffer, partner.Node);
            if (day.ReceiptOwed)
            {
                yield return words.ReceiptOwed;
            }
            else if (day.ReceiptNumber > 0)
            {
                yield return Say(words.ReceiptSigned, Number(day.ReceiptNumber));
            }
        }
    }

    private IEnumerable<string> Outages(PartnerReport partner) => partner.PlannedOutages.Select(outage =>
        Say(words.Outage, outage.Node, Time(outage.StartTime), Time(outage.EndTime), outage.Reason));

    private IEnumerable<string> Failure(PartnerReport partner)
    {
        if ((MorningReports.LastUnresolved(partner.Day) ?? partner.Day.Failures.LastOrDefault()) is not { } failure)
        {
            yield break;
        }

        yield return Say(
            words.Failed, Number(failure.Count), Time(failure.LastTime), What(failure), words.Faults[failure.Fault]);
        if (partner.Fault != FaultSide.Unspecified)
        {
            var advice = failure.Refused ? "" : words.Reasons.GetValueOrDefault(failure.Reason).Advice;
            yield return Say(words.WhatToDo, string.IsNullOrEmpty(advice) ? words.Advice[partner.Fault] : advice);
        }
    }

    private IEnumerable<string> Upgrade(PartnerReport partner, DateOnly today)
    {
        if (partner.Status?.ProtocolDeadline is not { } deadline || DateRules.Day(deadline.FromDate) is not { } day)
        {
            yield break;
        }

        yield return Say(
            today < day ? words.UpgradeBefore : words.UpgradeNow,
            deadline.Node,
            day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            deadline.RefusingNode,
            Number(deadline.MaxProtocol),
            Number(deadline.NeededProtocol));
    }

    private IEnumerable<string> Certificates(PartnerReport partner, DateOnly today)
    {
        if (partner.Status is not { } status)
        {
            yield break;
        }

        if (status.PinnedUntilTime is { } until
            && NodeIdentity.DayOf(until.ToDateTimeOffset()) is var last
            && last <= today.AddDays(CertificateNoticeDays))
        {
            yield return Say(
                words.CertificateEnds, partner.Node, last.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        }

        if (status.LacksNextCertificate)
        {
            yield return Say(words.LacksNextCertificate, partner.Node);
        }
    }

    private IEnumerable<string> Standing(PartnerReport partner)
    {
        if (partner.Status is not { } status)
        {
            yield break;
        }

        if (status.WithheldCount > 0)
        {
            yield return Say(words.Withheld, Number(status.WithheldCount));
        }

        if (MorningReports.KeptCount(status) is > 0 and var kept)
        {
            yield return Say(words.Quarantined, Number(kept), partner.Node);
        }

        if (status.PartialCount > 0)
        {
            yield return Say(words.Partial, Number(status.PartialCount), partner.Node);
        }

        if (status.OpenRetractionCount > 0)
        {
            yield return Say(
                words.Retractions,
                Number(status.OpenRetractionCount),
                partner.Node,
                Number(status.OverdueRetractionCount));
        }

        yield return status.LastSuccessTime is { } success
            ? Say(words.LastSuccess, Time(success))
            : words.NeverSuccess;
        yield return status.NextRunTime is { } next
            ? Say(words.NextRun, Time(next))
            : Say(words.TheyCall, partner.Node);
    }

    private string What(DayFailure failure) =>
        failure.Refused ? words.Refused
        : words.Reasons.TryGetValue(failure.Reason, out var known) ? known.What
        : Say(words.OtherReason, ErrorStatus.WireName(failure.Reason));

    private string Kinds(IEnumerable<KindTally> counts)
    {
        var list = string.Join(
            words.Comma,
            counts.Select(count => $"{words.Kinds.GetValueOrDefault(count.Kind, count.Kind)} {Number(count.Count)}"));
        return list.Length == 0 ? "" : Say(words.Brackets, list);
    }

    private static string Number(ulong number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Time(Timestamp time) =>
        TimeZoneInfo.ConvertTime(time.ToDateTimeOffset(), NodeIdentity.TimeZone)
            .ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static string Say(string words, params string[] varying) =>
        string.Format(CultureInfo.InvariantCulture, words, varying);
}
