using System.CommandLine;
using Exchange.Cli.Client;
using Exchange.Cli.Output;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange status</c></summary>
internal static class StatusCommand
{
    public static Command Create(CommandEnvironment environment)
    {
        var command = new Command(
            "status", "Shows who a node is, how many records it holds, and how current it and its partners are.");
        return command.OnNode(
            environment,
            (input, output, node, cancellationToken) =>
                RunAsync(output, node, cancellationToken));
    }

    private static async Task<int> RunAsync(
        CommandOutput output, NodeConnection node, CancellationToken cancellationToken)
    {
        var report = await StatusReport.ReadAsync(node, output.Time, cancellationToken);
        output.Result(report, StatusText.Lines(report, output.Time.GetUtcNow()));
        return ExitCode.Ok;
    }
}
