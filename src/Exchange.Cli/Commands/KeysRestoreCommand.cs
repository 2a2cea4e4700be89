using System.CommandLine;
using Exchange.Cli.Client;
using Exchange.Cli.Output;
using Exchange.Node.Hosting;
using Exchange.Node.Trust;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange keys restore</c></summary>
internal static class KeysRestoreCommand
{
    public static Command Create(CommandEnvironment environment)
    {
        var from = new Option<string>("--from")
        {
            Description = "A file made by exchange keys backup.",
            HelpName = "FILE",
            Required = true,
        };
        var data = DataOption.Required("The node's data directory, without keys. The node must not run.");
        var json = ClientOptions.NewJson();
        var command = new Command(
            "restore", "Brings the folder of keys back from a backup. Never overwrites; refuses one that has expired.")
        {
            from, data,
        };
        var secret = new KeySecretOptions(command, "The private recovery key (PEM, P-256).");
        command.Add(json);
        command.SetAction((input, cancellationToken) => Running.RunAsync(
            environment,
            input.GetValue(json),
            output => RunAsync(
                output,
                Path.GetFullPath(input.GetRequiredValue(from)),
                new DataDirectory(input.GetRequiredValue(data)),
                secret.Read(input),
                cancellationToken),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        CommandOutput output,
        string file,
        DataDirectory data,
        KeyBackupSecret secret,
        CancellationToken cancellationToken)
    {
        if (!File.Exists(file))
        {
            throw new CommandException(ExitCode.NotFound, $"There is no '{file}'.");
        }

        var header = await KeyBackup.RestoreAsync(file, data.Keys, secret, output.Time, cancellationToken);
        output.Result(
            new KeysRestoreReport(data.Keys, header.Taken),
            $"{data.Keys} holds the keys as of {header.Taken:u}.",
            "At its next start the node destroys again what erasures have destroyed since.");
        return ExitCode.Ok;
    }
}

/// <summary>The JSON of <c>exchange keys restore</c>.</summary>
/// <param name="Keys">The folder.</param>
/// <param name="Taken">When the backup was taken.</param>
internal sealed record KeysRestoreReport(string Keys, DateTimeOffset Taken);
