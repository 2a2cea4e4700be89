using System.Globalization;
using Exchange.V1;

namespace Exchange.Cli.Client;

/// <summary>An erasure and how far it has come; the JSON of <c>exchange subject erase</c>.</summary>
/// <param name="Subject">The subject's id, which leads to nobody any more.</param>
/// <param name="Time">When it was erased here.</param>
/// <param name="Reason">Why.</param>
/// <param name="Deadline">By when partners must have acknowledged.</param>
/// <param name="Records">Records erased here.</param>
/// <param name="Complete">Every partner acknowledged.</param>
/// <param name="Overdue">It isn't complete and the deadline is past.</param>
/// <param name="Partners">How far it has come at each.</param>
/// <param name="Retained">What is held apart because law says that it must be kept.</param>
internal sealed record ErasureReport(
    string Subject,
    DateTimeOffset Time,
    string Reason,
    DateTimeOffset Deadline,
    uint Records,
    bool Complete,
    bool Overdue,
    IReadOnlyList<ErasureReport.Partner> Partners,
    IReadOnlyList<ErasureReport.Kept> Retained)
{
    public static ErasureReport From(Erasure erasure) => new(
        erasure.SubjectId,
        erasure.EraseTime.ToDateTimeOffset(),
        erasure.Reason,
        erasure.DeadlineTime.ToDateTimeOffset(),
        erasure.RecordCount,
        erasure.Complete,
        erasure.Overdue,
        [.. erasure.Partners.Select(Partner.From)],
        [.. erasure.Retained.Select(Kept.From)]);

    public IEnumerable<string> Lines()
    {
        var state = Complete ? "complete" : Overdue ? "OVERDUE" : "open";
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"{Subject} erased {Time:u}, {Records} records; partners until {Deadline:u}: {state} ({Reason})");
        foreach (var at in Partners)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"  {at.Node}{at.Way}: {at.Asked} asked, {at.Sent} sent, {at.Acknowledged} acknowledged");
        }

        foreach (var kept in Retained)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"  held apart: {kept.Count} {kept.Kind} until {kept.Until:yyyy-MM-dd}, by {kept.Provision}");
        }
    }

    /// <summary>Records that are held apart.</summary>
    /// <param name="Kind">Their kind.</param>
    /// <param name="Count">How many.</param>
    /// <param name="Until">The last day on which they are kept.</param>
    /// <param name="Provision">The law that says so.</param>
    internal sealed record Kept(string Kind, uint Count, DateOnly Until, string Provision)
    {
        public static Kept From(RetainedRecords kept) => new(
            kept.Kind,
            kept.Count,
            new DateOnly(kept.KeepUntil.Year, kept.KeepUntil.Month, kept.KeepUntil.Day),
            kept.Provision);
    }

    /// <summary>How far it has come at one partner.</summary>
    /// <param name="Node">The partner's node id.</param>
    /// <param name="Asked">Records that were ever given to it.</param>
    /// <param name="Sent">Of these, retractions sent.</param>
    /// <param name="Acknowledged">Of these, acknowledged.</param>
    /// <param name="PassedOnBy">The partner that passed them on to it; null for a partner of this node.</param>
    internal sealed record Partner(string Node, uint Asked, uint Sent, uint Acknowledged, string? PassedOnBy)
    {
        /// <summary>How the records came there, in words.</summary>
        [System.Text.Json.Serialization.JsonIgnore]
        public string Way => PassedOnBy is null ? "" : $", passed on by {PassedOnBy}";

        public static Partner From(ErasurePartner at) => new(
            at.Node,
            at.AskedCount,
            at.SentCount,
            at.AcknowledgedCount,
            at.PassedOnBy.Length == 0 ? null : at.PassedOnBy);
    }
}
