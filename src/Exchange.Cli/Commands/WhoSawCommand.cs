using System.CommandLine;
using Exchange.Cli.Client;
using Exchange.Cli.Output;
using Exchange.V1;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange who-saw</c></summary>
internal static class WhoSawCommand
{
    public static Command Create(CommandEnvironment environment)
    {
        var id = new Argument<string>("id")
        {
            Description = "The id of the person's record: a worker, or a household.",
        };
        var partners = new Option<bool>("--partners")
        {
            Description = "Also ask the partners what they hold now. One that gives no answer is named; the exit code "
                + "stays 0.",
        };
        var history = new Option<bool>("--history")
        {
            Description = "Every view that partners were ever given, by partner, record and time.",
        };
        var command = new Command(
            "who-saw",
            "Tells which partner was given which of a person's records, which fields, when, and whether it was taken "
            + "back. Exits with 3 when the node is home to no record of that person.")
        {
            id, partners, history,
        };
        return command.OnNode(
            environment,
            (input, output, node, cancellationToken) => input.GetValue(history)
                ? ListAsync(output, node, input.GetRequiredValue(id), cancellationToken)
                : RunAsync(output, node, input.GetRequiredValue(id), input.GetValue(partners), cancellationToken));
    }

    private static async Task<int> ListAsync(
        CommandOutput output, NodeConnection node, string id, CancellationToken cancellationToken)
    {
        var given = new List<GivenReport>();
        var request = new ListDisclosuresRequest { SubjectId = id, PageSize = 1000 };
        do
        {
            var page = await node.Disclosures.ListDisclosuresAsync(request, cancellationToken: cancellationToken);
            given.AddRange(page.Disclosures.Select(GivenReport.From));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        output.Result(new { subject = id, given }, given.Select(view => view.Words()));
        return ExitCode.Ok;
    }

    private static async Task<int> RunAsync(
        CommandOutput output, NodeConnection node, string id, bool partners, CancellationToken cancellationToken)
    {
        var request = new WhoSawRequest { SubjectId = id, IncludePartners = partners };
        var answer = await node.Disclosures.WhoSawAsync(request, cancellationToken: cancellationToken);
        var report = WhoSawReport.From(answer);
        output.Result(report, report.Lines());
        if (answer.ForeignCount > 0)
        {
            output.Tell(
                $"{answer.ForeignCount} records about this person have another home. Ask those nodes who saw them.");
        }

        foreach (var household in answer.HouseholdIds)
        {
            output.Tell($"Household {household} has this person as its head. Ask who saw it by its id.");
        }

        return ExitCode.Ok;
    }
}
