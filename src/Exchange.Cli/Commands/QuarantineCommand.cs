using System.CommandLine;
using Exchange.Cli.Client;
using Exchange.V1;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange quarantine</c></summary>
internal static class QuarantineCommand
{
    public static Command Create(CommandEnvironment environment) =>
        new("quarantine", "Shows and settles what sync had to put aside, here and at partners.")
        {
            List(environment),
            Retry(environment),
            Discard(environment),
        };

    private static Argument<string?> Peer() => new("peer")
    {
        Description = "Only what concerns this partner, by its node id. Default: all.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static Command List(CommandEnvironment environment)
    {
        var peer = Peer();
        var side = new Option<string>("--side")
        {
            Description = "Whose list: ours, put aside here; theirs, put aside at the partner. Default: both.",
            HelpName = "SIDE",
        };
        side.AcceptOnlyFromAmong("ours", "theirs");
        var command = new Command("list", "Lists what is quarantined, waits for another record, or was discarded.")
        {
            peer, side,
        };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var request = new ListQuarantineRequest
            {
                Peer = input.GetValue(peer) ?? "",
                Side = input.GetValue(side) switch
                {
                    "ours" => QuarantineSide.Ours,
                    "theirs" => QuarantineSide.Theirs,
                    _ => QuarantineSide.Unspecified,
                },
            };
            var reports = new List<QuarantineReport>();
            do
            {
                var page = await node.Quarantine.ListQuarantineAsync(request, cancellationToken: cancellationToken);
                reports.AddRange(page.Items.Select(QuarantineReport.From));
                request.PageToken = page.NextPageToken;
            }
            while (request.PageToken.Length > 0);
            output.Result(new { items = reports }, reports.Select(report => report.Line()));
        });
    }

    private static Command Retry(CommandEnvironment environment)
    {
        var peer = Peer();
        var command = new Command("retry", "Applies now what need no longer wait. Sessions do so by themselves.")
        {
            peer,
        };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var request = new RetryQuarantineRequest { Peer = input.GetValue(peer) ?? "" };
            var done = await node.Quarantine.RetryQuarantineAsync(request, cancellationToken: cancellationToken);
            output.Result(
                new RetriedReport(done.AppliedCount, done.CompletedCount, done.RemainingCount),
                $"{done.AppliedCount} applied, {done.CompletedCount} no longer waiting, {done.RemainingCount} remain.");
        });
    }

    private static Command Discard(CommandEnvironment environment)
    {
        var peer = new Argument<string>("peer") { Description = "The partner that sent it, by its node id." };
        var kind = new Argument<string>("kind") { Description = "The record's kind, as listed." };
        var id = new Argument<string>("id") { Description = "The record's id, as listed." };
        var reason = new Option<string>("--reason")
        {
            Description = "Why, for both operators. Never a name or a number of a person.",
            HelpName = "TEXT",
            Required = true,
        };
        var command = new Command(
            "discard",
            "Drops the bytes of a quarantined change that can never be applied. It stays listed. Can't be taken back.")
        {
            peer, kind, id, reason,
        };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var request = new DiscardQuarantinedRequest
            {
                Peer = input.GetRequiredValue(peer),
                Kind = input.GetRequiredValue(kind),
                Id = input.GetRequiredValue(id),
                Reason = input.GetRequiredValue(reason),
            };
            var done = await node.Quarantine.DiscardQuarantinedAsync(request, cancellationToken: cancellationToken);
            var report = QuarantineReport.From(done.Item);
            output.Result(report, report.Line());
        });
    }
}

/// <summary>What a retry did; the JSON of <c>exchange quarantine retry</c>.</summary>
/// <param name="Applied">Changes that were in quarantine and are applied now.</param>
/// <param name="Completed">Records that waited and wait no longer.</param>
/// <param name="Remaining">What is still put aside.</param>
internal sealed record RetriedReport(ulong Applied, ulong Completed, ulong Remaining);
