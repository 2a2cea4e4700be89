using Exchange.Node.JsonDoor;
using System.CommandLine;
using System.Globalization;
using Exchange.Cli.Client;
using Exchange.Cli.Output;
using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange report</c></summary>
internal static class ReportCommand
{
    public static Command Create(CommandEnvironment environment)
    {
        var day = new Option<DateOnly?>("--day")
        {
            Description = "The day in Asia/Shanghai, as 2026-03-02. Default: today.",
            HelpName = "DATE",
            CustomParser = result =>
            {
                if (DateOnly.TryParseExact(result.Tokens[0].Value, "yyyy-MM-dd", CultureInfo.InvariantCulture,
                    DateTimeStyles.None, out var parsed))
                {
                    return parsed;
                }

                result.AddError($"'{result.Tokens[0].Value}' is no day; write it as 2026-03-02.");
                return null;
            },
        };
        var language = EnumOption.One<ReportLanguage>("--lang", "The language. Default: zh.");
        var command = new Command(
            "report", "Says for each partner what came, what went, what waits, whose fault a failure was and "
            + "what to do.")
        {
            day, language,
        };
        foreach (var below in FigureCommands.Create(environment))
        {
            command.Add(below);
        }

        return command.OnNode(
            environment,
            (input, output, node, cancellationToken) =>
                RunAsync(output, node, input.GetValue(day), input.GetValue(language), cancellationToken));
    }

    private static async Task<int> RunAsync(
        CommandOutput output,
        NodeConnection node,
        DateOnly? day,
        ReportLanguage? language,
        CancellationToken cancellationToken)
    {
        var request = new GetMorningReportRequest { Language = language ?? ReportLanguage.Unspecified };
        if (day is { } asked)
        {
            request.Day = DateRules.ToDate(asked);
        }

        var report = await node.Reports.GetMorningReportAsync(request, cancellationToken: cancellationToken);
        foreach (var line in output.IsJson ? [ContractJson.Line(report)] : report.Lines)
        {
            output.Results.WriteLine(line);
        }

        return ExitCode.Ok;
    }
}
