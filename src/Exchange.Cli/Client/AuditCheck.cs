using System.Globalization;
using Exchange.V1;

namespace Exchange.Cli.Client;

/// <summary>What a check of the audit chain found; the JSON of <c>exchange audit verify</c>.</summary>
/// <param name="Entries">Entries that were read.</param>
/// <param name="Newest">The newest one's number.</param>
/// <param name="Hash">Its SHA-256, in hexadecimal digits.</param>
/// <param name="Signatures">Signatures that were checked.</param>
/// <param name="Receipts">Receipts whose heads were compared.</param>
/// <param name="Findings">What isn't as it should be.</param>
/// <param name="Lost">Entries that a restored backup lost.</param>
internal sealed record AuditCheck(
    ulong Entries,
    ulong Newest,
    string Hash,
    ulong Signatures,
    ulong Receipts,
    IReadOnlyList<string> Findings,
    IReadOnlyList<string> Lost)
{
    public static AuditCheck From(VerifyAuditResponse found) => new(
        found.EntryCount,
        found.NewestSequence,
        Convert.ToHexStringLower(found.NewestHash.Span),
        found.SignatureCount,
        found.ReceiptCount,
        [.. found.Findings.Select(finding => finding.Message)],
        [.. found.Gaps.Select(Words)]);

    public IEnumerable<string> Lines() =>
    [
        $"{Entries:N0} entries, the newest {Newest} ({Hash}), {Signatures:N0} signatures, "
        + $"{Receipts:N0} receipts of partners: "
        + (Findings.Count == 0 ? "all as they were written." : "not all are as they were written."),
        .. Findings,
        .. Lost,
    ];

    private static string Words(AuditGap gap)
    {
        var when = gap.Time?.ToDateTimeOffset().ToString("u", CultureInfo.InvariantCulture) ?? "an unknown time";
        return $"Entries {gap.FromSequence} to {gap.ToSequence} are not here: a backup was restored at {when}.";
    }
}
