using System.CommandLine;
using Exchange.Cli.Client;
using Exchange.Cli.Output;
using Exchange.Node.Access;
using Exchange.Node.Hosting;
using Exchange.Node.Sync;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange serve</c></summary>
internal static class ServeCommand
{
    public static Command Create(CommandEnvironment environment)
    {
        var data = DataOption.Required("The node's data directory, made by exchange init.");
        var json = ClientOptions.NewJson();
        var withInput = new Option<bool>("--stop-with-input")
        {
            Description = "Stop when standard input ends, so that a node never outlives the program that started it.",
            Hidden = true,
        };
        var command = new Command(
            "serve", "Runs a node until ctrl-C or SIGTERM. Writes its address to standard output once it serves.")
        {
            data, json, withInput,
        };
        command.SetAction((input, cancellationToken) => Running.RunAsync(
            environment,
            input.GetValue(json),
            output => RunAsync(
                output,
                new DataDirectory(input.GetRequiredValue(data)),
                input.GetValue(withInput) ? environment.OpenInput() : null,
                cancellationToken),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        CommandOutput output, DataDirectory data, Stream? lifeline, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (lifeline is not null)
        {
            _ = StopAtEndAsync(lifeline, stop);
        }

        if (!File.Exists(data.ConfigFile))
        {
            throw new CommandException(
                ExitCode.NotFound,
                $"'{data.Path}' holds no node: there is no '{data.ConfigFile}'. Make one with 'exchange init --data "
                + $"{data.Path} --id ID'.");
        }

        await using var app = await NodeHost.BuildAsync(data, output.Time, ProtocolVersions.Current, stop.Token);

        // Before it serves: whoever waits for the node with --data must find the token of this start.
        app.Services.GetRequiredService<RunToken>().Write(data.RunToken);
        await app.StartAsync(stop.Token);
        var announced = RunFile.Announce(data, app);
        output.Result(announced, $"{announced.Node} serves at {announced.Address} from {data.Path}. Ctrl-C stops it.");
        await output.Results.FlushAsync(CancellationToken.None);

        await app.WaitForShutdownAsync(stop.Token);
        RunFile.Remove(data);
        return stop.IsCancellationRequested
            ? ExitCode.Ok
            : throw new CommandException(ExitCode.Failed, "A part of the node failed and it stopped; the log in "
                + $"'{data.Logs}' says why.");
    }

    private static async Task StopAtEndAsync(Stream lifeline, CancellationTokenSource stop)
    {
        var ignored = new byte[64];
        try
        {
            while (await lifeline.ReadAsync(ignored, stop.Token) > 0)
            {
            }

            await stop.CancelAsync();
        }
        catch (OperationCanceledException)
        {
            // Stopped in another way.
        }
    }
}
