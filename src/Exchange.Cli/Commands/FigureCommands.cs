using System.CommandLine;
using System.Globalization;
using Exchange.Cli.Agreements;
using Exchange.Cli.Output;
using Exchange.Node.JsonDoor;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Cli.Commands;

/// <summary>The commands below <c>exchange report</c> that count, sign and read figures.</summary>
internal static class FigureCommands
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Command> Create(CommandEnvironment environment) =>
    [
        County(environment), Figures(environment), Households(environment), Publish(environment), Show(environment),
        .. FigureCheckCommands.Create(environment),
    ];

    private static Command County(CommandEnvironment environment)
    {
        var area = Area();
        var period = new Option<string>("--period")
        {
            Description = $"The period: {ScopeOptions.PeriodForm}.",
            HelpName = "PERIOD",
            Required = true,
        };
        var since = DayOption.New("--since", "Also counts all that was placed since this day.");
        var partner = new Option<string?>("--partner")
        {
            Description = "The receiving city that is named by itself, such as 4419.",
            HelpName = "CODE",
        };
        var asOf = DayOption.New("--as-of", "The day of the report. Default: the last day of the period.");
        var language = EnumOption.One<ReportLanguage>("--lang", "The language. Default: zh.");
        var command = new Command("county", "Writes the standard report of a county: work, training, money, returns.")
        {
            area, period, since, partner, asOf, language,
        };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var (from, to) = ScopeOptions.ReadPeriod(input.GetRequiredValue(period));
            var request = new GetCountyReportRequest
            {
                DivisionCode = input.GetRequiredValue(area),
                FromDate = from,
                ToDate = to,
                SinceDate = DayOption.Read(input, since),
                PartnerDivisionCode = input.GetValue(partner) ?? "",
                AsOfDate = DayOption.Read(input, asOf),
                Language = input.GetValue(language) ?? default,
            };
            var report = await node.Figures.GetCountyReportAsync(request, cancellationToken: cancellationToken);
            Write(output, report, report.Lines);
        });
    }

    private static Command Figures(CommandEnvironment environment)
    {
        var scope = new ScopeOptions();
        var command = new Command("figures", "Counts one figure, with its parts and what isn't classified.");
        return scope.AddTo(command).OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var request = new ComputeReportRequest
            {
                Questions = { scope.Question(input) },
                AsOfDate = scope.AsOf(input),
            };
            var report = await node.Figures.ComputeReportAsync(request, cancellationToken: cancellationToken);
            Write(output, report, report.Figures.SelectMany(Lines));
        });
    }

    private static Command Households(CommandEnvironment environment)
    {
        var area = Area();
        var rule = EnumOption.One<HouseholdRule>("--without", "Lists those where nobody is that. Default: employed.");
        var card = EnumOption.One<CardScope>("--card", "Of which households. Default: all.");
        var command = new Command(
            "households", "Lists households where somebody could work and nobody does, by their records' ids.")
        {
            area, rule, card,
        };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var request = new ListHouseholdsWithoutRequest
            {
                Rule = input.GetValue(rule) ?? HouseholdRule.Employed,
                DivisionCode = input.GetRequiredValue(area),
                Card = input.GetValue(card) ?? default,
                PageSize = 1000,
            };
            var all = new ListHouseholdsWithoutResponse();
            do
            {
                var page = await node.Figures.ListHouseholdsWithoutAsync(request, cancellationToken: cancellationToken);
                all.Households.AddRange(page.Households);
                (all.TotalCount, request.PageToken) = (page.TotalCount, page.NextPageToken);
            }
            while (request.PageToken.Length > 0);
            Write(output, all, all.Households.Select(one => $"{one.HouseholdId} {one.DivisionCode} {one.LabourCount}")
                .Append($"{all.TotalCount} households."));
        });
    }

    private static Command Publish(CommandEnvironment environment)
    {
        var file = new Argument<FileInfo>("file") { Description = "A PublishReportRequest as JSON." };
        var command = new Command("publish", "Counts, signs and stores a report, which flows to partners as agreed.")
        {
            file,
        };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            PublishReportRequest request;
            try
            {
                var text = await File.ReadAllTextAsync(input.GetRequiredValue(file).FullName, cancellationToken);
                request = (PublishReportRequest)ContractJson.Read(text, PublishReportRequest.Descriptor);
            }
            catch (Exception exception) when (exception is InvalidJsonException or InvalidProtocolBufferException)
            {
                throw new CommandException(ExitCode.Usage, $"The file is no PublishReportRequest: {exception.Message}");
            }

            var made = await node.Figures.PublishReportAsync(request, cancellationToken: cancellationToken);
            Write(output, made, made.Statement.Figures.SelectMany(Lines).Prepend($"Report {made.Id} was signed."));
        });
    }

    private static Command Show(CommandEnvironment environment)
    {
        var id = new Argument<string>("id") { Description = "The report's record id." };
        var command = new Command(
            "show", "Prints a published report and holds it against what this node counts. "
            + "Exits with 1 if its signature isn't good.")
        {
            id,
        };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var request = new GetPublishedReportRequest { Id = input.GetRequiredValue(id) };
            var report = await node.Figures.GetPublishedReportAsync(request, cancellationToken: cancellationToken);
            Write(output, report, Lines(report));
            return report.SignatureGood ? ExitCode.Ok : ExitCode.Failed;
        });
    }

    private static IEnumerable<string> Lines(GetPublishedReportResponse report)
    {
        var statement = report.Statement;
        yield return $"{statement?.Title}, as of {DayOption.Text(statement?.AsOfDate)}, signed off by "
            + $"{statement?.SignedOffBy} on {report.HomeNode}: "
            + $"the signature is {(report.SignatureGood ? "good" : "NOT GOOD")}.";
        for (var i = 0; i < report.Recomputed.Count; i++)
        {
            foreach (var line in Lines(statement!.Figures[i]))
            {
                yield return line;
            }

            yield return $"    here: {report.Recomputed[i].Value}, {report.Recomputed[i].Verdict}. "
                + string.Join(" ", report.Recomputed[i].Reasons);
        }

        foreach (var change in report.Changes)
        {
            yield return change;
        }

        foreach (var correcting in report.CorrectingReportIds)
        {
            yield return $"It was corrected by {correcting}.";
        }
    }

    /// <summary>A figure in words.</summary>
    public static IEnumerable<string> Lines(Figure figure)
    {
        yield return $"{figure.Scope?.Measure} {figure.Scope?.Counting} {figure.Scope?.DivisionCode}: {figure.Value}"
            + figure.Base switch
            {
                { RateCase: FigureBase.RateOneofCase.RateHundredths } held => string.Create(
                    CultureInfo.InvariantCulture, $" of {held.Value}, {held.RateHundredths / 100m:0.00} %"),
                { RateCase: FigureBase.RateOneofCase.PerHeadFen } held => string.Create(
                    CultureInfo.InvariantCulture, $" for {held.Value}, {held.PerHeadFen / 100m:0.00} yuan each"),
                _ => "",
            };
        foreach (var part in figure.Parts.Where(part => part.Value != 0))
        {
            yield return $"    {part.Key} {part.DivisionName}: {part.Value}";
        }

        if (figure.Parts.Count > 0)
        {
            yield return $"    unclassified: {figure.UnclassifiedValue}";
        }

        foreach (var note in figure.Notes)
        {
            yield return $"    {note}";
        }
    }

    /// <summary>Writes an answer as it is, or in words.</summary>
    public static void Write(CommandOutput output, IMessage result, IEnumerable<string> lines)
    {
        foreach (var line in output.IsJson ? [ContractJson.Line(result)] : lines)
        {
            output.Results.WriteLine(line);
        }
    }

    private static Argument<string> Area() => new("area") { Description = "The division's code, such as 530629." };
}
