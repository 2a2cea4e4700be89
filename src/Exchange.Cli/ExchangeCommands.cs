using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Exchange.Cli.Commands;

namespace Exchange.Cli;

/// <summary>The command tree, and how it is run.</summary>
internal static class ExchangeCommands
{
    /// <summary>All commands; <c>docs/reference/cli.md</c> is printed from this tree.</summary>
    public static RootCommand Root(CommandEnvironment environment)
    {
        var root = new RootCommand("Nodes through which regions exchange labour records: workers, vacancies, "
            + "placements.")
        {
            InitCommand.Create(environment),
            ServeCommand.Create(environment),
            StatusCommand.Create(environment),
            SyncCommand.Create(environment),
            ReportCommand.Create(environment),
            ReceiptsCommand.Create(environment),
            VerifyCommand.Create(environment),
            AuditCommand.Create(environment),
            SubjectCommand.Create(environment),
            WhoSawCommand.Create(environment),
            AccessCommand.Create(environment),
            PeerCommand.Create(environment),
            CertificateCommand.Create(environment),
            AgreementCommand.Create(environment),
            QuarantineCommand.Create(environment),
            OutageCommand.Create(environment),
            BundleCommand.Create(environment),
            ReviewCommand.Create(environment),
            PublishCommand.Create(environment),
            WatchCommand.Create(environment),
            MatchCommand.Create(environment),
            DigestCommand.Create(environment),
            RouteCommand.Create(environment),
            OutboxCommand.Create(environment),
            ImportCommand.Create(environment),
            GenerateCommand.Create(environment),
            StoreCommand.Create(environment),
            KeysCommand.Create(environment),
            ClockCommand.Create(environment),
            CheckPartnerCommand.Create(environment),
            SandboxCommand.Create(environment),
            DemoCommand.Create(environment),
            DocsCommand.Create(environment),
        };
        return root;
    }

    /// <summary>Parses and runs; returns the exit code.</summary>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> arguments, CommandEnvironment environment, CancellationToken cancellationToken)
    {
        var parsed = Root(environment).Parse(arguments);
        if (parsed.Action is ParseErrorAction)
        {
            var errors = string.Join(" ", parsed.Errors.Select(error => error.Message));
            var words = $"{errors} See '{Path(parsed)} --help'.";
            return Running.Fail(environment, arguments.Contains("--json"), ExitCode.Usage, words);
        }

        var configuration = new InvocationConfiguration
        {
            Output = environment.Output,
            Error = environment.Error,

            // Signals are the program's own: a node stops gracefully for as long as it is configured to.
            ProcessTerminationTimeout = null,
            EnableDefaultExceptionHandler = false,
        };
        return await parsed.InvokeAsync(configuration, cancellationToken);
    }

    private static string Path(ParseResult parsed)
    {
        var names = new Stack<string>();
        SymbolResult? at = parsed.CommandResult;
        while (at is CommandResult { Command: not RootCommand } result)
        {
            names.Push(result.Command.Name);
            at = at.Parent;
        }

        return string.Join(' ', names.Prepend("exchange"));
    }
}
