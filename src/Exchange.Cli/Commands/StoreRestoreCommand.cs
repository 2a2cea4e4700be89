using System.CommandLine;
using Exchange.Cli.Client;
using Exchange.Cli.Output;
using Exchange.Node.Hosting;
using Exchange.Store;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange store restore</c></summary>
internal static class StoreRestoreCommand
{
    public static Command Create(CommandEnvironment environment)
    {
        var from = new Option<string>("--from")
        {
            Description = "A backup made by exchange store backup, or the store directory of a node that doesn't run.",
            HelpName = "DIR",
            Required = true,
        };
        var data = DataOption.Required("The node's data directory, with its configuration and keys, without a store.");
        var json = ClientOptions.NewJson();
        var command = new Command(
            "restore", "Makes a node's database from a backup and begins a new epoch in it, so that partners and "
            + "watchers compare anew. Never overwrites.")
        {
            from, data, json,
        };
        command.SetAction((input, cancellationToken) => Running.RunAsync(
            environment,
            input.GetValue(json),
            output => RunAsync(
                output,
                Path.GetFullPath(input.GetRequiredValue(from)),
                new DataDirectory(input.GetRequiredValue(data)),
                cancellationToken),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        CommandOutput output, string backup, DataDirectory data, CancellationToken cancellationToken)
    {
        if (!File.Exists(data.ConfigFile))
        {
            throw new CommandException(
                ExitCode.NotFound,
                $"'{data.Path}' holds no node: there is no '{data.ConfigFile}'. Bring back its configuration and keys "
                + "first; a new node's keys can't read the backup.");
        }

        var status = await RecordStores.RestoreAsync(backup, data.Store, output.Time, cancellationToken);
        output.Result(
            StoreReport.Of(data.Store, status),
            $"{data.Store} holds {StoreReport.Count(status)} as of position {status.Head.Value:N0}.",
            $"It began the epoch {status.Epoch}: partners send again what the backup doesn't have, and watchers take a "
            + "new snapshot.");
        return ExitCode.Ok;
    }
}
