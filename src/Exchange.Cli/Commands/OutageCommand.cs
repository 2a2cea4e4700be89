using System.CommandLine;
using Exchange.Cli.Client;
using Exchange.Cli.Output;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange outage</c></summary>
internal static class OutageCommand
{
    public static Command Create(CommandEnvironment environment) =>
        new("outage", "Announces to partners when this node will be away, so that nobody takes it for a fault.")
        {
            Announce(environment),
            List(environment),
            Cancel(environment),
        };

    private static Command Announce(CommandEnvironment environment)
    {
        var from = MomentOption.Create("--from", $"When it begins: {MomentOption.Form}. Default: now.");
        var until = MomentOption.Create("--until", $"When it is over: {MomentOption.Form}.");
        until.Required = true;
        var reason = new Option<string>("--reason")
        {
            Description = "Why, for people at the partners. Never a name or a number of a person.",
            HelpName = "TEXT",
            Required = true,
        };
        var command = new Command(
            "announce",
            "Plans an outage of this node. Partners are told in the next session, at once in a live one; both sides "
            + "keep what is deleted until 400 days after it.")
        {
            from, until, reason,
        };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var request = new AnnounceOutageRequest
            {
                StartTime = input.GetValue(from)?.ToTimestamp(),
                EndTime = input.GetValue(until)?.ToTimestamp(),
                Reason = input.GetRequiredValue(reason),
            };
            var done = await node.Outages.AnnounceOutageAsync(request, cancellationToken: cancellationToken);
            var report = OutageReport.From(done.Outage);
            output.Result(report, $"{report.Id} {report.Line()}");
        });
    }

    private static Command List(CommandEnvironment environment)
    {
        var all = new Option<bool>("--all") { Description = "Also those that were over within the last 400 days." };
        var command = new Command("list", "Lists the outages of this node and of its partners.") { all };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var request = new ListOutagesRequest { IncludePast = input.GetValue(all) };
            var found = await node.Outages.ListOutagesAsync(request, cancellationToken: cancellationToken);
            var reports = found.Outages.Select(OutageReport.From).ToList();
            output.Result(new { outages = reports }, reports.Select(report => $"{report.Id} {report.Line()}"));
        });
    }

    private static Command Cancel(CommandEnvironment environment)
    {
        var id = new Argument<string>("id") { Description = "The outage's id, as listed." };
        var command = new Command("cancel", "Calls off an outage of this node; one that has begun ends now.") { id };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var request = new CancelOutageRequest { Id = input.GetRequiredValue(id) };
            var done = await node.Outages.CancelOutageAsync(request, cancellationToken: cancellationToken);
            var report = OutageReport.From(done.Outage);
            output.Result(report, $"called off: {report.Line()}");
        });
    }
}
