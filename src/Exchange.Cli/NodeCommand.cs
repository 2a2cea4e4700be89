using System.CommandLine;
using Exchange.Cli.Client;
using Exchange.Cli.Output;

namespace Exchange.Cli;

/// <summary>Gives a command its work against a node, and the options that say which node.</summary>
internal static class NodeCommand
{
    /// <summary>Work that ends well unless it throws.</summary>
    public static Command OnNode(
        this Command command,
        CommandEnvironment environment,
        Func<ParseResult, CommandOutput, NodeConnection, CancellationToken, Task> work) =>
        command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            await work(input, output, node, cancellationToken);
            return ExitCode.Ok;
        });

    /// <summary>Work that says its exit code.</summary>
    public static Command OnNode(
        this Command command,
        CommandEnvironment environment,
        Func<ParseResult, CommandOutput, NodeConnection, CancellationToken, Task<int>> work)
    {
        var client = ClientOptions.AddTo(command);
        command.SetAction((input, cancellationToken) => Running.RunAsync(
            environment,
            client.Read(input),
            (output, node) => work(input, output, node, cancellationToken),
            cancellationToken));
        return command;
    }
}
