using System.Globalization;
using Exchange.Cli.Output;
using Exchange.V1;

namespace Exchange.Cli.Client;

/// <summary>An entry of the audit chain; an element of the JSON of <c>exchange audit query</c>.</summary>
/// <param name="Sequence">Its number.</param>
/// <param name="Time">When it was written.</param>
/// <param name="Who">Who did it.</param>
/// <param name="WhoKind">What kind of actor that is: local, partner, system.</param>
/// <param name="Action">What was done.</param>
/// <param name="Outcome">Whether it was done.</param>
/// <param name="Targets">On what.</param>
/// <param name="Purpose">What for.</param>
/// <param name="Method">How it came about.</param>
/// <param name="Partner">The partner that was given or told something.</param>
/// <param name="Detail">What else there is to know.</param>
/// <param name="Hash">Its SHA-256, in hexadecimal digits.</param>
internal sealed record AuditEntryReport(
    ulong Sequence,
    DateTimeOffset Time,
    string Who,
    string WhoKind,
    string Action,
    string Outcome,
    IReadOnlyList<AuditTargetReport> Targets,
    string Purpose,
    string Method,
    string Partner,
    string Detail,
    string Hash)
{
    public static AuditEntryReport From(AuditEntry entry) => new(
        entry.Sequence,
        entry.Time.ToDateTimeOffset(),
        entry.Actor?.Name ?? "",
        Names.Lower($"{entry.Actor?.Kind}"),
        Names.Lower($"{entry.Action}"),
        Names.Lower($"{entry.Outcome}"),
        [.. entry.Targets.Select(AuditTargetReport.From)],
        entry.Purpose,
        entry.Method,
        entry.Partner,
        entry.Detail,
        Convert.ToHexStringLower(entry.Hash.Span));

    public string Line()
    {
        var time = Time.ToString("u", CultureInfo.InvariantCulture);
        var parts = new[]
        {
            string.Join(", ", Targets.Select(target => target.Words())),
            Partner.Length > 0 ? $"to {Partner}" : "",
            Purpose.Length > 0 ? $"for {Purpose}" : "",
            Outcome == "done" ? "" : Outcome,
            Detail,
            Method,
        };
        return $"{Sequence,8} {time} {Who,-12} {Action,-12} {string.Join("; ", parts.Where(part => part.Length > 0))}";
    }
}

/// <summary>Some records of one kind.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Count">How many.</param>
/// <param name="Ids">Which; empty for bulk that another register holds the details of.</param>
/// <param name="Digest">For such bulk, the SHA-256 over the ids, in hexadecimal digits.</param>
/// <param name="Removed">They were deleted or taken back.</param>
internal sealed record AuditTargetReport(
    string Kind, ulong Count, IReadOnlyList<string> Ids, string Digest, bool Removed)
{
    private const int IdLength = 16;

    public static AuditTargetReport From(AuditTarget target) => new(
        target.Kind,
        target.Count,
        [.. target.Ids.Chunk(IdLength).Select(id => new Guid(id, bigEndian: true).ToString())],
        Convert.ToHexStringLower(target.Digest.Span),
        target.Removed);

    public string Words()
    {
        var what = Ids.Count == 1 ? $"{Kind} {Ids[0]}" : $"{Count:N0} {Kind}";
        return Removed ? what + " removed" : what;
    }
}
