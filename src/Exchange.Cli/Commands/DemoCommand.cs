using System.CommandLine;
using Exchange.Cli.Client;
using Exchange.Cli.Demo;
using Exchange.Cli.Output;
using Exchange.Node.Imports;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange demo</c></summary>
internal static class DemoCommand
{
    public static Command Create(CommandEnvironment environment)
    {
        var vacancies = new Option<string?>("--vacancies")
        {
            Description = $"A CSV file of vacancies. Default: {DemoOptions.GeneratedVacancies:N0} are generated.",
            HelpName = "FILE",
        };
        var profile = new Option<string?>("--profile")
        {
            Description = "The mapping profile of the file.",
            HelpName = "NAME",
        };
        var workers = new Option<int>("--workers")
        {
            Description = $"How many workers to generate. Default: {DemoOptions.DefaultWorkers:N0}; 100 to 1,000,000.",
            HelpName = "N",
            DefaultValueFactory = _ => DemoOptions.DefaultWorkers,
        };
        var json = ClientOptions.NewJson();
        var command = new Command(
            "demo",
            "Shows the main job: two nodes exchange vacancies, workers and placements. Starts them, checks what "
            + "happens, and leaves nothing behind; exits with 0 only if every check held.")
        {
            vacancies, profile, workers, json,
        };
        command.SetAction((input, cancellationToken) => Running.RunAsync(
            environment,
            input.GetValue(json),
            output =>
            {
                var options = new DemoOptions(
                    input.GetValue(vacancies), input.GetValue(profile), input.GetValue(workers));
                Check(options);
                return RunAsync(output, options, cancellationToken);
            },
            cancellationToken));
        return command;
    }

    private static void Check(DemoOptions options)
    {
        var mistake = options switch
        {
            { Workers: < 100 or > 1_000_000 } => $"--workers is {options.Workers}; it must be between 100 and "
                + "1,000,000.",
            { Vacancies: not null, Profile: null } => "--vacancies needs --profile: the mapping profile of the file.",
            { Vacancies: null, Profile: not null } => "--profile needs --vacancies: the file that it reads.",
            _ => null,
        };
        if (mistake is not null)
        {
            throw new CommandException(ExitCode.Usage, mistake);
        }

        // Looked at now, not after a minute of work.
        if (options is { Vacancies: { } file, Profile: { } profile })
        {
            MappingProfiles.Load(profile);
            File.OpenRead(file).Dispose();
        }
    }

    private static async Task<int> RunAsync(
        CommandOutput output, DemoOptions options, CancellationToken cancellationToken)
    {
        var report = await new DemoRun(output, options).RunAsync(cancellationToken);
        if (output.IsJson)
        {
            output.Result(report);
        }
        else
        {
            DemoText.Write(report, output.Results, output.IsTerminal);
        }

        return report.Ok ? ExitCode.Ok : ExitCode.Failed;
    }
}
