using Exchange.Cli.Client;
using Exchange.Cli.Output;
using Grpc.Core;

namespace Exchange.Cli;

/// <summary>Runs a command's work, and turns what goes wrong into one paragraph and an exit code.</summary>
internal static class Running
{
    /// <summary>Runs work that needs no node.</summary>
    public static async Task<int> RunAsync(
        CommandEnvironment environment,
        bool json,
        Func<CommandOutput, Task<int>> work,
        CancellationToken cancellationToken)
    {
        var output = new CommandOutput(environment, json);
        try
        {
            return await work(output);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCode.Cancelled;
        }
        catch (CommandException exception)
        {
            return Fail(environment, json, exception.ExitCode, exception.Message);
        }
        catch (Exception exception) when (Failures.Explain(exception) is { } failure)
        {
            return Fail(environment, json, failure.ExitCode, failure.Message);
        }
    }

    /// <summary>Runs work against a node.</summary>
    public static Task<int> RunAsync(
        CommandEnvironment environment,
        ClientOptions.Chosen chosen,
        Func<CommandOutput, NodeConnection, Task<int>> work,
        CancellationToken cancellationToken) =>
        RunAsync(
            environment,
            chosen.Json,
            async output =>
            {
                var address = NodeAddress.Resolve(
                    chosen.Node, chosen.Data, chosen.TokenFile, chosen.Certificate);
                using var node = environment.Connect(address);
                try
                {
                    return await work(output, node);
                }
                catch (RpcException exception) when (!cancellationToken.IsCancellationRequested)
                {
                    return Fail(environment, output, FailureReport.From(exception, address));
                }
            },
            cancellationToken);

    /// <summary>
    /// Tells what went wrong, to a person and as JSON where that was asked for; returns the exit code.
    /// </summary>
    public static int Fail(CommandEnvironment environment, bool json, int exitCode, string message)
    {
        if (json)
        {
            environment.Output.WriteLine(CommandOutput.ToJson(new { error = new { exitCode, message } }));
        }

        environment.Error.WriteLine(message);
        return exitCode;
    }

    private static int Fail(CommandEnvironment environment, CommandOutput output, FailureReport report)
    {
        if (output.IsJson)
        {
            environment.Output.WriteLine(CommandOutput.ToJson(new { error = report }));
        }

        environment.Error.WriteLine(report.Paragraph());
        return report.ExitCode;
    }
}
