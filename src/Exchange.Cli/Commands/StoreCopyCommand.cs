using System.CommandLine;
using Exchange.Cli.Client;
using Exchange.Cli.Output;
using Exchange.Node.Hosting;
using Exchange.Store;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange store copy</c></summary>
internal static class StoreCopyCommand
{
    public static Command Create(CommandEnvironment environment)
    {
        var data = DataOption.Required("The data directory of a node that doesn't run.");
        var to = new Option<string>("--to")
        {
            Description = "A new directory for the store; it appears when the copy is complete and compared.",
            HelpName = "DIR",
            Required = true,
        };
        var engine = new Option<string?>("--engine")
        {
            Description = $"The copy's engine: {string.Join(" or ", RecordStores.Engines)} in this build. "
                + "Default: the one that the store has.",
            HelpName = "ENGINE",
        };
        var json = ClientOptions.NewJson();
        var command = new Command(
            "copy", "Moves a node's database to another engine or into a fresh file: copies it with its epoch and all "
            + "positions, compares both by a digest, and makes what was copied a backup.")
        {
            data, to, engine, json,
        };
        command.SetAction((input, cancellationToken) => Running.RunAsync(
            environment,
            input.GetValue(json),
            output => RunAsync(
                output,
                new DataDirectory(input.GetRequiredValue(data)),
                Path.GetFullPath(input.GetRequiredValue(to)),
                input.GetValue(engine),
                cancellationToken),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        CommandOutput output, DataDirectory data, string target, string? engine, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(data.Store))
        {
            throw new CommandException(ExitCode.NotFound, $"'{data.Path}' holds no store: there is no '{data.Store}'.");
        }

        StoreCopy copy;
        using (var progress = output.Progress("records and entries copied"))
        {
            copy = await RecordStores.CopyAsync(
                data.Store, target, engine, output.Time, new CopyProgress(progress), cancellationToken);
        }

        var status = copy.Status;
        var digest = Convert.ToHexStringLower(copy.Digest.Span);
        output.Result(
            StoreReport.Of(target, status) with { Digest = digest },
            $"{target} holds {StoreReport.Count(status)} over {status.Engine} as of position {status.Head.Value:N0}, "
            + $"and is the same as {data.Store}: digest {digest}.",
            $"It goes on in the epoch {status.Epoch}: partners and watchers notice nothing.",
            $"Put it in place: move {data.Store} away, give {target} its name, and name the engine in {data.ConfigFile}"
            + $" (\"Store\": {{ \"Engine\": \"{status.Engine}\" }}).",
            $"{data.Store} is a backup from now on: it is restored, never opened in its place.");
        return ExitCode.Ok;
    }

    // At once and on the thread that copies, so that the line is gone when the result is written.
    private sealed class CopyProgress(ProgressLine line) : IProgress<int>
    {
        public void Report(int value) => line.Add(value);
    }
}
