using System.CommandLine;
using Exchange.Cli.Client;
using Exchange.Cli.Output;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange audit</c></summary>
internal static class AuditCommand
{
    private const int Shown = 100;

    public static Command Create(CommandEnvironment environment) => new(
        "audit", "Reads and checks the chain that tells what was done on the node, by whom and why.")
    {
        Query(environment), Verify(environment),
    };

    private static Command Query(CommandEnvironment environment)
    {
        var person = new Option<string?>("--person")
        {
            Description = "Only entries that name this person or record, by its id.",
            HelpName = "ID",
        };
        var who = new Option<string?>("--who")
        {
            Description = "Only entries of this actor, by name.",
            HelpName = "NAME",
        };
        var actions = EnumOption.Many<AuditAction>("--action", "Only entries of this action.");
        var since = MomentOption.Create("--since", $"Only entries written from then on: {MomentOption.Form}.");
        var after = new Option<ulong>("--after")
        {
            Description = "Only entries with a higher number.",
            HelpName = "NUMBER",
        };
        var all = new Option<bool>("--all") { Description = $"All of them. Default: the first {Shown} that match." };
        var command = new Command(
            "query", "Lists entries in the order in which they were written. They hold ids, never personal data.")
        {
            person, who, actions, since, after, all,
        };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var request = new QueryAuditRequest
            {
                PageSize = input.GetValue(all) ? 1000 : Shown,
                Id = input.GetValue(person) ?? "",
                Actor = input.GetValue(who) ?? "",
                Actions = { input.GetValue(actions) ?? [] },
                SinceTime = input.GetValue(since)?.ToTimestamp(),
                AfterSequence = input.GetValue(after),
            };
            await ListAsync(output, node, request, input.GetValue(all), cancellationToken);
        });
    }

    private static async Task ListAsync(
        CommandOutput output,
        NodeConnection node,
        QueryAuditRequest request,
        bool all,
        CancellationToken cancellationToken)
    {
        var reports = new List<AuditEntryReport>();
        do
        {
            // A page may hold nothing and still have a next one: it looks at a bounded number of entries.
            var page = await node.Audit.QueryAuditAsync(request, cancellationToken: cancellationToken);
            reports.AddRange(page.Entries.Select(AuditEntryReport.From));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0 && (all || reports.Count < Shown));

        output.Result(
            new { entries = reports, more = request.PageToken.Length > 0 },
            reports.Count == 0 ? ["No entry matches."] : reports.Select(report => report.Line()));
        if (request.PageToken.Length > 0)
        {
            output.Tell($"There may be more: --after {reports[^1].Sequence}, or --all.");
        }
    }

    private static Command Verify(CommandEnvironment environment)
    {
        var receipts = new Option<FileInfo?>("--receipts")
        {
            Description = "Also compares the heads in a partner's receipts: the output of its "
                + "'exchange receipts THIS-NODE --out FILE'.",
            HelpName = "FILE",
        };
        var command = new Command(
            "verify",
            "Checks every entry, every signature, and the entries that partners' receipts name. "
            + "Exits with 1 if one isn't as it was written.")
        {
            receipts,
        };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var request = new VerifyAuditRequest();
            if (input.GetValue(receipts) is { } file)
            {
                request.Receipts.AddRange(ReceiptFile.Read(file.FullName));
            }

            var found = await node.Audit.VerifyAuditAsync(request, cancellationToken: cancellationToken);
            var report = AuditCheck.From(found);
            output.Result(report, report.Lines());
            return report.Findings.Count == 0 ? ExitCode.Ok : ExitCode.Failed;
        });
    }
}
