using System.CommandLine;
using Exchange.Cli.Client;
using Exchange.Cli.Output;
using Exchange.Node.Hosting;
using Exchange.Store;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange store backup</c></summary>
internal static class StoreBackupCommand
{
    public static Command Create(CommandEnvironment environment)
    {
        var data = DataOption.Required("The node's data directory. The node may run, and goes on while it is copied.");
        var to = new Option<string>("--to")
        {
            Description = "A new directory for the backup; it appears when the backup is complete.",
            HelpName = "DIR",
            Required = true,
        };
        var json = ClientOptions.NewJson();
        var command = new Command(
            "backup", "Copies one state of a node's database, with everything that was acknowledged before, and opens "
            + "the copy once to see that it can be read.")
        {
            data, to, json,
        };
        command.SetAction((input, cancellationToken) => Running.RunAsync(
            environment,
            input.GetValue(json),
            output => RunAsync(
                output,
                new DataDirectory(input.GetRequiredValue(data)),
                Path.GetFullPath(input.GetRequiredValue(to)),
                cancellationToken),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        CommandOutput output, DataDirectory data, string target, CancellationToken cancellationToken)
    {
        var status = await RecordStores.BackUpAsync(data.Store, target, output.Time, cancellationToken);
        var bytes = Directory.GetFiles(target).Sum(file => new FileInfo(file).Length);
        output.Result(
            StoreReport.Of(target, status) with { Bytes = bytes },
            $"{target} holds {StoreReport.Count(status)} of {data.Path} as of position {status.Head.Value:N0}; "
            + $"{bytes:N0} bytes.",
            $"The keys in {data.Keys} are not in it. Without them it can't be read: keep them too, elsewhere.");
        return ExitCode.Ok;
    }
}
