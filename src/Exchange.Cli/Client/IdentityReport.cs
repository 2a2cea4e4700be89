using Exchange.Cli.Output;
using Exchange.V1;

namespace Exchange.Cli.Client;

/// <summary>A finding about ID numbers; in the JSON of <c>exchange review identity</c>.</summary>
/// <param name="Id">The id by which it is settled.</param>
/// <param name="Finding"><c>same-number</c> or <c>invalid-number</c>.</param>
/// <param name="Kind">The kind of the records.</param>
/// <param name="Records">The records, as <c>home/id</c>.</param>
/// <param name="Found">When it was found, or opened again.</param>
/// <param name="Verdict">What a person found; null while it is open.</param>
/// <param name="Note">What the person added; null when nothing.</param>
internal sealed record IdentityReport(
    string Id,
    string Finding,
    string Kind,
    IReadOnlyList<string> Records,
    DateTimeOffset Found,
    string? Verdict,
    string? Note)
{
    public static IdentityReport From(IdentityReview review) => new(
        review.Id,
        Names.Lower(review.Finding.ToString()),
        review.Kind,
        [.. review.Records.Select(record => $"{record.HomeNode}/{record.Id}")],
        review.FoundTime.ToDateTimeOffset(),
        review.Verdict == IdentityVerdict.Unspecified ? null : Names.Lower(review.Verdict.ToString()),
        review.Note.Length == 0 ? null : review.Note);

    /// <summary>The finding on a line.</summary>
    public string Line() =>
        $"{Id} {Finding} {Kind} {string.Join(' ', Records)} since {Found:u}: {Verdict ?? "open"}"
        + (Note is null ? "" : $" ({Note})");
}
