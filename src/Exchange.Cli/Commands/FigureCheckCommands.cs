using System.CommandLine;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Cli.Commands;

/// <summary>The commands below <c>exchange report</c> that look behind figures.</summary>
internal static class FigureCheckCommands
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Command> Create(CommandEnvironment environment) =>
        [Records(environment), Reconcile(environment), Targets(environment)];

    private static Command Records(CommandEnvironment environment)
    {
        var scope = new ScopeOptions();
        var part = new Option<string?>("--part")
        {
            Description = "Only those of one part of --by, by its key as figures prints it, or UNCLASSIFIED.",
            HelpName = "KEY",
        };
        var command = scope.AddTo(new Command(
            "records", "Lists the records behind a figure, by kind and id; noted in the audit chain."));
        command.Add(part);
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var request = new ListReportRecordsRequest
            {
                Question = scope.Question(input),
                AsOfDate = scope.AsOf(input),
                PartKey = input.GetValue(part) ?? "",
                PageSize = 1000,
            };
            do
            {
                var page = await node.Figures.ListReportRecordsAsync(request, cancellationToken: cancellationToken);
                request.PageToken = page.NextPageToken;
                page.NextPageToken = "";
                FigureCommands.Write(output, page, page.Records.Select(one => $"{one.Kind} {one.Id}"));
            }
            while (request.PageToken.Length > 0);
        });
    }

    private static Command Reconcile(CommandEnvironment environment)
    {
        var figure = new Argument<string>("figure") { Description = "The number as it was printed, such as 9.48万." };
        var others = new Argument<string[]>("others")
        {
            Description = "Another such number, or the parts that should add up to it.",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command(
            "reconcile", "Tells whether printed numbers are equal, differ by rounding, or are in conflict. "
            + "Exits with 1 for a conflict.")
        {
            figure, others,
        };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var request = new ReconcileFiguresRequest
            {
                Figure = new FigureClaim { Words = input.GetRequiredValue(figure) },
                Others = { input.GetRequiredValue(others).Select(words => new FigureClaim { Words = words }) },
            };
            var found = await node.Figures.ReconcileFiguresAsync(request, cancellationToken: cancellationToken);
            FigureCommands.Write(output, found, found.Reasons.Prepend($"{found.Verdict}"));
            return found.Verdict == ReconcileVerdict.Conflict ? ExitCode.Failed : ExitCode.Ok;
        });
    }

    private static Command Targets(CommandEnvironment environment)
    {
        var area = new Argument<string>("area") { Description = "The division's code, such as 5306." };
        var year = new Option<int?>("--year") { Description = "Only targets of this year. Default: all." };
        var command = new Command("targets", "Says how far each target of a division and below is met.")
        {
            area, year,
        };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var request = new CheckTargetsRequest
            {
                DivisionCode = input.GetRequiredValue(area),
                Year = input.GetValue(year) ?? 0,
            };
            using var call = node.Figures.CheckTargets(request, cancellationToken: cancellationToken);
            await foreach (var target in call.ResponseStream.ReadAllAsync(cancellationToken))
            {
                FigureCommands.Write(output, target, FigureCommands.Lines(target.Completion)
                    .Concat(target.Findings.Except(target.Completion.Notes).Select(finding => $"    {finding}")));
            }
        });
    }
}
