using System.CommandLine;
using System.Globalization;
using Exchange.Cli.Client;
using Exchange.Cli.Output;
using Exchange.V1;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange receipts</c></summary>
internal static class ReceiptsCommand
{
    private const int Shown = 20;

    public static Command Create(CommandEnvironment environment)
    {
        var peer = new Argument<string>("peer") { Description = "The partner's node id." };
        var all = new Option<bool>("--all") { Description = $"All of them. Default: the newest {Shown}." };
        var verify = new Option<bool>("--verify")
        {
            Description = "Checks all: both signatures, and that each names the one before. Exits with 1 if one "
                + "doesn't.",
        };
        var file = new Option<string?>("--out")
        {
            Description = "Writes all of them to a file, as both nodes signed them: for the partner's "
                + "'exchange audit verify --receipts FILE'.",
            HelpName = "FILE",
        };
        var command = new Command(
            "receipts", "Lists the receipts that this node and a partner signed about what they exchanged.")
        {
            peer, all, verify, file,
        };
        return command.OnNode(
            environment,
            (input, output, node, cancellationToken) => input.GetValue(verify)
                ? VerifyAsync(output, node, input.GetRequiredValue(peer), cancellationToken)
                : ListAsync(
                    output,
                    node,
                    input.GetRequiredValue(peer),
                    input.GetValue(all),
                    input.GetValue(file),
                    cancellationToken));
    }

    private static async Task<int> ListAsync(
        CommandOutput output,
        NodeConnection node,
        string peer,
        bool all,
        string? file,
        CancellationToken cancellationToken)
    {
        var isWhole = all || file is not null;
        var receipts = new List<StoredReceipt>();
        var request = new ListReceiptsRequest { Peer = peer, PageSize = isWhole ? 0 : Shown };
        do
        {
            var page = await node.Reports.ListReceiptsAsync(request, cancellationToken: cancellationToken);
            receipts.AddRange(page.Receipts);
            request.PageToken = isWhole ? page.NextPageToken : "";
        }
        while (request.PageToken.Length > 0);

        if (file is not null)
        {
            ReceiptFile.Write(file, receipts.Select(stored => stored.Receipt));
            output.Tell($"{receipts.Count:N0} receipts are in {file}.");
        }

        var reports = receipts.Take(all ? receipts.Count : Shown).Select(ReceiptReport.From).ToList();

        output.Result(
            new { peer, receipts = reports },
            reports.Count == 0 ? [$"No receipt with '{peer}' yet."] : reports.Select(report => report.Line()));
        return ExitCode.Ok;
    }

    private static async Task<int> VerifyAsync(
        CommandOutput output, NodeConnection node, string peer, CancellationToken cancellationToken)
    {
        var found = await node.Reports.VerifyReceiptsAsync(
            new VerifyReceiptsRequest { Peer = peer }, cancellationToken: cancellationToken);
        var report = new ReceiptsCheck(
            peer,
            found.ReceiptCount,
            found.NewestNumber,
            [.. found.Problems.Select(problem => $"Receipt {problem.Number}: {problem.Message}")],
            [.. found.Gaps.Select(gap => gap.FromNumber == gap.ToNumber
                ? $"{gap.FromNumber}"
                : $"{gap.FromNumber}-{gap.ToNumber}")]);
        output.Result(report, report.Lines());
        return report.Problems.Count == 0 ? ExitCode.Ok : ExitCode.Failed;
    }
}

/// <summary>A receipt; an element of the JSON of <c>exchange receipts</c>.</summary>
/// <param name="Number">Its place in the chain.</param>
/// <param name="Session">The session's id.</param>
/// <param name="Agreement">The agreement and its version.</param>
/// <param name="EndTime">When both sides had caught up.</param>
/// <param name="Digest">Its SHA-256, in hexadecimal digits.</param>
/// <param name="Previous">The SHA-256 of the one before; empty for the first.</param>
/// <param name="Directions">What went each way.</param>
internal sealed record ReceiptReport(
    ulong Number,
    string Session,
    string Agreement,
    DateTimeOffset EndTime,
    string Digest,
    string Previous,
    IReadOnlyList<ReceiptDirection> Directions)
{
    public static ReceiptReport From(StoredReceipt stored) => new(
        stored.Statement.Number,
        stored.Statement.SessionId,
        $"{stored.Statement.AgreementId} v{stored.Statement.AgreementVersion}",
        stored.Statement.EndTime.ToDateTimeOffset(),
        Convert.ToHexStringLower(stored.Digest.Span),
        Convert.ToHexStringLower(stored.Statement.PreviousDigest.Span),
        [.. stored.Statement.Directions.Select(direction => new ReceiptDirection(
            direction.FromNode,
            direction.Changes,
            direction.Quarantined,
            direction.DigestCount,
            direction.DigestMatches))]);

    public string Line()
    {
        var end = EndTime.ToString("u", CultureInfo.InvariantCulture);
        var ways = string.Join("; ", Directions.Select(direction => direction.Words()));
        return $"{Number} {end} {Agreement}: {ways}";
    }
}

/// <summary>What went one way.</summary>
/// <param name="From">The giving node.</param>
/// <param name="Changes">Changes given in the session.</param>
/// <param name="Quarantined">Of these, how many weren't applied.</param>
/// <param name="Records">Records that the digest covers.</param>
/// <param name="DigestMatches">Both sides hold the same.</param>
internal sealed record ReceiptDirection(
    string From, ulong Changes, ulong Quarantined, ulong Records, bool DigestMatches)
{
    public string Words() =>
        $"{From} gave {Changes:N0} changes ({Quarantined:N0} quarantined), "
        + $"{Records:N0} records {(DigestMatches ? "agree" : "differ")}";
}

/// <summary>What a check found; the JSON of <c>exchange receipts --verify</c>.</summary>
/// <param name="Peer">The partner.</param>
/// <param name="Receipts">Receipts that were read.</param>
/// <param name="Newest">The newest one's number.</param>
/// <param name="Problems">What isn't as it should be.</param>
/// <param name="Missing">Numbers that a restored backup lost.</param>
internal sealed record ReceiptsCheck(
    string Peer, ulong Receipts, ulong Newest, IReadOnlyList<string> Problems, IReadOnlyList<string> Missing)
{
    public IEnumerable<string> Lines() =>
    [
        Problems.Count == 0
            ? $"{Receipts:N0} receipts with '{Peer}', the newest {Newest}: all signed by both and chained."
            : $"{Receipts:N0} receipts with '{Peer}', the newest {Newest}: not all are as they should be.",
        .. Problems,
        .. Missing.Select(numbers => $"{numbers}: lost when a backup was restored; '{Peer}' holds them."),
    ];
}
