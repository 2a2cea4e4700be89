using System.CommandLine;
using Exchange.Cli.Client;
using Exchange.V1;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange subject</c></summary>
internal static class SubjectCommand
{
    public static Command Create(CommandEnvironment environment) =>
        new("subject", "Shows, corrects, freezes or erases what a node holds about one person.")
        {
            SubjectShowCommand.Create(environment),
            SubjectCorrectCommand.Create(environment),
            SubjectMatchCommand.Create(environment),
            Erase(environment),
            Restrict(environment),
            Lift(environment),
            Erasures(environment),
        };

    public static Argument<string> Id() => new("id")
    {
        Description = "The id of the person's record: a worker, or a household.",
    };

    public static Option<string> Purpose() => new("--purpose")
    {
        Description = "Why, for the audit chain: \"request of 2026-03-01\". Never a name or a number of the person.",
        HelpName = "TEXT",
        Required = true,
    };

    private static Command Erase(CommandEnvironment environment)
    {
        var id = Id();
        var reason = new Option<string>("--reason")
        {
            Description = "Why, for the proof that stays. Never a name or a number of the person.",
            HelpName = "TEXT",
            Required = true,
        };
        var days = new Option<int>("--deadline-days")
        {
            Description = "By when partners must have erased, in days: 1 to 365. Default: 15.",
            HelpName = "DAYS",
        };
        var households = new Option<bool>("--with-households")
        {
            Description = "Also the households that the person is the head of: they hold the head's name and number.",
        };
        var command = new Command(
            "erase",
            "Removes everything about a person for good, and tells partners before anything else. Can't be taken back.")
        {
            id, reason, days, households,
        };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var request = new EraseSubjectRequest
            {
                SubjectId = input.GetRequiredValue(id),
                Reason = input.GetRequiredValue(reason),
                DeadlineDays = input.GetValue(days),
                WithHouseholds = input.GetValue(households),
            };
            var erased = await node.Subjects.EraseSubjectAsync(request, cancellationToken: cancellationToken);
            var report = ErasureReport.From(erased.Erasure);
            output.Result(report, report.Lines());
            foreach (var household in erased.HouseholdIds)
            {
                output.Tell(
                    $"Household {household} still holds this person as its head. "
                    + "Erase it by its id, or change its head.");
            }

            if (erased.ForeignCount > 0)
            {
                output.Tell(
                    $"{erased.ForeignCount} records about this person have another home. "
                    + "Ask those nodes to erase too.");
            }
        });
    }

    private static Command Restrict(CommandEnvironment environment)
    {
        var id = Id();
        var command = new Command(
            "restrict", "Freezes everything about a person: kept sealed, used for nothing, taken back from partners.")
        {
            id,
        };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var request = new RestrictSubjectRequest { SubjectId = input.GetRequiredValue(id) };
            var done = await node.Subjects.RestrictSubjectAsync(request, cancellationToken: cancellationToken);
            output.Result(
                new ChangedReport(request.SubjectId, done.ChangedCount), $"{done.ChangedCount} records were frozen.");
        });
    }

    private static Command Lift(CommandEnvironment environment)
    {
        var id = Id();
        var command = new Command("lift", "Makes the frozen records of a person active again.") { id };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var request = new LiftRestrictionRequest { SubjectId = input.GetRequiredValue(id) };
            var done = await node.Subjects.LiftRestrictionAsync(request, cancellationToken: cancellationToken);
            output.Result(
                new ChangedReport(request.SubjectId, done.ChangedCount),
                $"{done.ChangedCount} records are active again.");
        });
    }

    private static Command Erasures(CommandEnvironment environment)
    {
        var id = new Argument<string?>("id")
        {
            Description = "Only the erasure of this person.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var open = new Option<bool>("--open")
        {
            Description = "Only those that a partner hasn't acknowledged in full.",
        };
        var command = new Command("erasures", "Lists erasures, and what each partner acknowledged.") { id, open };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var reports = input.GetValue(id) is { } subject
                ? [await GetAsync(node, subject, cancellationToken)]
                : await ListAsync(node, input.GetValue(open), cancellationToken);
            output.Result(new { erasures = reports }, reports.SelectMany(report => report.Lines()));
        });
    }

    private static async Task<ErasureReport> GetAsync(
        NodeConnection node, string subject, CancellationToken cancellationToken) =>
        ErasureReport.From((await node.Subjects.GetErasureAsync(
            new GetErasureRequest { SubjectId = subject }, cancellationToken: cancellationToken)).Erasure);

    private static async Task<List<ErasureReport>> ListAsync(
        NodeConnection node, bool openOnly, CancellationToken cancellationToken)
    {
        var reports = new List<ErasureReport>();
        var request = new ListErasuresRequest { OpenOnly = openOnly };
        do
        {
            var page = await node.Subjects.ListErasuresAsync(request, cancellationToken: cancellationToken);
            reports.AddRange(page.Erasures.Select(ErasureReport.From));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return reports;
    }
}

/// <summary>What a restriction or its end changed; the JSON of <c>exchange subject restrict</c>.</summary>
/// <param name="Subject">The subject's id.</param>
/// <param name="Changed">Records whose state changed.</param>
internal sealed record ChangedReport(string Subject, uint Changed);
