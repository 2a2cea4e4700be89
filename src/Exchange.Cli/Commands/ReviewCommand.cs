using System.CommandLine;
using Exchange.Cli.Client;
using Exchange.Cli.Output;
using Exchange.V1;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange review</c></summary>
internal static class ReviewCommand
{
    public static Command Create(CommandEnvironment environment) =>
        new("review", "Shows what a person should look at, and takes down what was found.")
        {
            new Command("partial", "Records that came back from a partner after a restore and aren't whole.")
            {
                ListPartial(environment),
                ConfirmPartial(environment),
            },
            new Command("identity", "Records of one ID number, and ID numbers that can't be one.")
            {
                ListIdentity(environment),
                SettleIdentity(environment),
            },
        };

    private static Command ListPartial(CommandEnvironment environment)
    {
        var peer = new Argument<string?>("peer")
        {
            Description = "Only what this partner gave back, by its node id. Default: all.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var kind = new Option<string?>("--kind") { Description = "Only this kind. Default: all.", HelpName = "KIND" };
        var command = new Command(
            "list", "Lists them. One leaves the list when it is imported again, written, deleted or confirmed.")
        {
            peer, kind,
        };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var request = new ListPartialRecordsRequest
            {
                Peer = input.GetValue(peer) ?? "",
                Kind = input.GetValue(kind) ?? "",
            };
            var reports = new List<PartialReport>();
            do
            {
                var page = await node.Reviews.ListPartialRecordsAsync(request, cancellationToken: cancellationToken);
                reports.AddRange(page.Records.Select(record => new PartialReport(record.Kind, record.Id, record.Peer)));
                request.PageToken = page.NextPageToken;
            }
            while (request.PageToken.Length > 0);
            output.Result(
                new { records = reports }, reports.Select(report => $"{report.Kind} {report.Id} from {report.Peer}"));
        });
    }

    private static Command ConfirmPartial(CommandEnvironment environment)
    {
        var kind = new Argument<string>("kind") { Description = "The record's kind, as listed." };
        var id = new Argument<string>("id") { Description = "The record's id, as listed." };
        var command = new Command("confirm", "Says that a record lacks nothing. Refused for what is masked.")
        {
            kind, id,
        };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var request = new ConfirmPartialRecordRequest
            {
                Kind = input.GetRequiredValue(kind),
                Id = input.GetRequiredValue(id),
            };
            var done = await node.Reviews.ConfirmPartialRecordAsync(request, cancellationToken: cancellationToken);
            output.Result(
                new { request.Kind, request.Id, done.Etag }, $"{request.Kind} {request.Id} is whole.");
        });
    }

    private static Command ListIdentity(CommandEnvironment environment)
    {
        var all = new Option<bool>("--all") { Description = "Also those that were settled." };
        var command = new Command(
            "list", "Lists the findings. One goes when it holds no longer, and opens again when a record joins.")
        {
            all,
        };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var request = new ListIdentityReviewsRequest { IncludeSettled = input.GetValue(all) };
            var reports = new List<IdentityReport>();
            do
            {
                var page = await node.Reviews.ListIdentityReviewsAsync(request, cancellationToken: cancellationToken);
                reports.AddRange(page.Reviews.Select(IdentityReport.From));
                request.PageToken = page.NextPageToken;
            }
            while (request.PageToken.Length > 0);
            output.Result(new { reviews = reports }, reports.Select(report => report.Line()));
        });
    }

    private static Command SettleIdentity(CommandEnvironment environment)
    {
        var id = new Argument<string>("id") { Description = "The finding's id, as listed." };
        var verdict = EnumOption.One<IdentityVerdict>("--verdict", "What was found. Changes no record.");
        verdict.Required = true;
        var note = new Option<string?>("--note")
        {
            Description = "For the next who looks. Never a name or a number of a person.",
            HelpName = "TEXT",
        };
        var command = new Command("settle", "Takes down what a person found.") { id, verdict, note };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var request = new SettleIdentityReviewRequest
            {
                Id = input.GetRequiredValue(id),
                Verdict = input.GetValue(verdict) ?? IdentityVerdict.Unspecified,
                Note = input.GetValue(note) ?? "",
            };
            var done = await node.Reviews.SettleIdentityReviewAsync(request, cancellationToken: cancellationToken);
            var report = IdentityReport.From(done.Review);
            output.Result(report, report.Line());
        });
    }
}

/// <summary>A record that isn't whole; in the JSON of <c>exchange review partial list</c>.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Id">Its id.</param>
/// <param name="Peer">The partner that gave it back.</param>
internal sealed record PartialReport(string Kind, string Id, string Peer);
