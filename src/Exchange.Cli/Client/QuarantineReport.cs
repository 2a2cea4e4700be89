using System.Globalization;
using Exchange.Cli.Output;
using Exchange.V1;

namespace Exchange.Cli.Client;

/// <summary>Something that is put aside; the JSON of <c>exchange quarantine list</c>.</summary>
/// <param name="Peer">The partner.</param>
/// <param name="Side"><c>ours</c>: put aside here; <c>theirs</c>: put aside at the partner.</param>
/// <param name="Kind">The record's kind.</param>
/// <param name="Id">The record's id.</param>
/// <param name="Status"><c>quarantined</c>, <c>waiting</c> or <c>discarded</c>.</param>
/// <param name="Reason">Why it isn't applied; null for a waiting record.</param>
/// <param name="Message">The reason in words.</param>
/// <param name="Missing">What a waiting record waits for, as <c>kind/id</c>.</param>
/// <param name="Since">When it was put aside.</param>
/// <param name="DiscardReason">Why it was discarded; null when it wasn't.</param>
internal sealed record QuarantineReport(
    string Peer,
    string Side,
    string Kind,
    string Id,
    string Status,
    string? Reason,
    string Message,
    IReadOnlyList<string> Missing,
    DateTimeOffset? Since,
    string? DiscardReason)
{
    public static QuarantineReport From(QuarantineItem item) => new(
        item.Peer,
        Names.Lower(item.Side.ToString()),
        item.Kind,
        item.Id,
        Names.Lower(item.Status.ToString()),
        item.Reason == ErrorReason.Unspecified ? null : Names.Lower(item.Reason.ToString()),
        item.Message,
        [.. item.Missing.Select(missing => $"{missing.Kind}/{missing.Id}")],
        item.PutAsideTime?.ToDateTimeOffset(),
        item.DiscardReason.Length == 0 ? null : item.DiscardReason);

    public string Line()
    {
        var why = Missing.Count > 0 ? $"for {string.Join(", ", Missing)}" : Message;
        var end = DiscardReason is null ? "" : $" ({DiscardReason})";
        return string.Create(
            CultureInfo.InvariantCulture, $"{Peer} {Side} {Status} {Kind} {Id} since {Since:u}: {why}{end}");
    }
}
