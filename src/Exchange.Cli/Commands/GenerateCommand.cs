using System.CommandLine;
using Exchange.Cli.Client;
using Exchange.Cli.Generating;
using Exchange.Cli.Output;
using Exchange.Node.Generate;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange generate</c></summary>
internal static class GenerateCommand
{
    private static readonly Dictionary<string, string> Profiles = new()
    {
        [GeneratedFiles.Households] = "village-ledger-households",
        [GeneratedFiles.Workers] = "village-ledger",
        [GeneratedFiles.Vacancies] = "exchange-vacancies",
    };

    public static Command Create(CommandEnvironment environment)
    {
        var workers = new Option<long?>("--workers")
        {
            Description = "How many workers, with their households. Default: 3,000, or 0 when only vacancies are "
                + "asked for.",
            HelpName = "N",
        };
        var vacancies = new Option<long?>("--vacancies")
        {
            Description = "How many vacancies, with their employers. Default: 500, or 0 when only workers are asked "
                + "for.",
            HelpName = "N",
        };
        var seed = new Option<ulong>("--seed")
        {
            Description = "The same seed makes the same records. Default: 1.",
            HelpName = "S",
            DefaultValueFactory = _ => 1,
        };
        var folder = new Option<string?>("--out")
        {
            Description = "Write CSV files to this folder, and ask no node.",
            HelpName = "DIR",
        };
        var command = new Command(
            "generate",
            "Makes a population and a labour market that resemble Zhaotong and Dongguan and hold no real person, and "
            + "writes them to a test node or to files.")
        {
            workers, vacancies, seed, folder,
        };
        var client = ClientOptions.AddTo(command);
        command.SetAction((input, cancellationToken) =>
        {
            var (people, posts) = (input.GetValue(workers), input.GetValue(vacancies));
            var options = new GeneratorOptions
            {
                Workers = people ?? (posts is null ? 3_000 : 0),
                Vacancies = posts ?? (people is null ? 500 : 0),
                Seed = input.GetValue(seed),
            };
            return input.GetValue(folder) is { } path
                ? Running.RunAsync(
                    environment,
                    client.Read(input).Json,
                    output => WriteAsync(output, options, path, cancellationToken),
                    cancellationToken)
                : Running.RunAsync(
                    environment,
                    client.Read(input),
                    (output, node) => PutAsync(output, node, options, cancellationToken),
                    cancellationToken);
        });
        return command;
    }

    private static async Task<int> WriteAsync(
        CommandOutput output, GeneratorOptions options, string folder, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, long> rows;
        using (var progress = output.Progress("rows"))
        {
            rows = await GeneratedFiles.WriteAsync(
                Generator(options), folder, () => progress.Add(1), cancellationToken);
        }

        var files = rows.Select(file => new
        {
            path = Path.Combine(folder, file.Key),
            profile = Profiles[file.Key],
            rows = file.Value,
        }).ToList();
        output.Result(
            new { seed = options.Seed, files },
            files.Select(file => $"{file.path}: {file.rows:N0} rows, profile {file.profile}"));
        return ExitCode.Ok;
    }

    private static async Task<int> PutAsync(
        CommandOutput output, NodeConnection node, GeneratorOptions options, CancellationToken cancellationToken)
    {
        var put = new GeneratedPut(output, node, options.Seed);
        var generator = Generator(options);
        if (options.Workers > 0)
        {
            await put.RunAsync($"w{options.Workers}", generator.SendingSide(), cancellationToken);
        }

        if (options.Vacancies > 0)
        {
            await put.RunAsync($"v{options.Vacancies}", generator.ReceivingSide(), cancellationToken);
        }

        var report = put.Report();
        output.Result(report, report.Lines());
        return report.Rejected > 0 ? ExitCode.RejectsPresent : ExitCode.Ok;
    }

    private static RecordGenerator Generator(GeneratorOptions options) =>
        options.Check().ToList() is { Count: > 0 } errors
        ? throw new CommandException(ExitCode.Usage, string.Join(" ", errors))
        : new RecordGenerator(options);
}
