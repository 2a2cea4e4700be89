using System.CommandLine;
using Exchange.Cli.Client;
using Exchange.Cli.Output;
using Exchange.Cli.Publishing;
using Exchange.V1;
using FileOptions = Exchange.Cli.Publishing.FileOptions;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange publish</c></summary>
internal static class PublishCommand
{
    public static Command Create(CommandEnvironment environment)
    {
        var path = new Argument<string>("file") { Description = "The CSV file in UTF-8; - reads standard input." };
        var publisher = new Option<string>("--publisher")
        {
            Description = "Who publishes: 1 to 64 characters of a-z, 0-9 and -. Default: cli.",
            HelpName = "NAME",
            DefaultValueFactory = _ => "cli",
        };
        var stream = new Option<string?>("--stream")
        {
            Description = "Which of the publisher's streams this is. Default: a name made from the file's content, so "
                + "that the same file goes on where it was broken off.",
            HelpName = "NAME",
        };
        var command = new Command(
            "publish",
            "Publishes the vacancies of a file. Bad rows are kept with their reasons while good ones go on; a cut "
            + "connection is taken up again, and a command that was broken off goes on when it is repeated.")
        {
            path, publisher, stream,
        };
        var options = FileOptions.AddTo(command);
        command.SetAction((input, cancellationToken) => Running.RunAsync(
            environment,
            options.Client.Read(input),
            async (output, node) =>
            {
                var file = options.Open(input, input.GetRequiredValue(path), environment.OpenInput);
                var open = new OpenStream
                {
                    Publisher = input.GetRequiredValue(publisher),
                    Stream = input.GetValue(stream) ?? await file.StreamNameAsync(cancellationToken),
                };
                return await RunAsync(
                    output, node, file, open, options.IsDryRun(input), options.Patience(input), cancellationToken);
            },
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        CommandOutput output,
        NodeConnection node,
        SourceFile file,
        OpenStream open,
        bool dryRun,
        TimeSpan patience,
        CancellationToken cancellationToken)
    {
        if (file.Profile.Kind != "vacancy")
        {
            throw new CommandException(
                ExitCode.Usage, $"The profile '{file.Profile.Name}' reads a {file.Profile.Kind}; only vacancies are "
                    + "published. Use exchange import.");
        }

        var pump = new PutPump(
            stop => dryRun ? new CheckOnlyCall(node.Records) : new VacancyPutCall(node.Vacancies, stop),
            open,
            patience,
            output.Time);
        using var run = new FileRun(file, open, legalBasis: null, mask: null, dryRun);
        var report = await run.RunAsync(output, pump, cancellationToken);
        output.Result(report, report.Lines());
        return report.Rejected > 0 ? ExitCode.RejectsPresent : ExitCode.Ok;
    }
}
