using System.CommandLine;
using Exchange.Cli.Client;
using Exchange.Cli.Output;
using Exchange.Node.Hosting;
using Exchange.Node.Trust;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange keys backup</c></summary>
internal static class KeysBackupCommand
{
    public static Command Create(CommandEnvironment environment)
    {
        var data = DataOption.Required("The node's data directory. The node may run, and goes on while it is copied.");
        var to = new Option<string>("--to")
        {
            Description = "The folder for the backups; each gets a name with its date. Those that have expired are "
                + "deleted there.",
            HelpName = "DIR",
            Required = true,
        };
        var json = ClientOptions.NewJson();
        var command = new Command(
            "backup", "Writes the folder of keys into one encrypted file, good for 35 days: an older one may hold keys "
            + "of persons who were erased since.")
        {
            data, to,
        };
        var secret = new KeySecretOptions(command, "The public recovery key (PEM, P-256); the private half opens it.");
        command.Add(json);
        command.SetAction((input, cancellationToken) => Running.RunAsync(
            environment,
            input.GetValue(json),
            output => RunAsync(
                output,
                new DataDirectory(input.GetRequiredValue(data)),
                Path.GetFullPath(input.GetRequiredValue(to)),
                secret.Read(input),
                cancellationToken),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        CommandOutput output,
        DataDirectory data,
        string folder,
        KeyBackupSecret secret,
        CancellationToken cancellationToken)
    {
        var (file, header, dropped) = await KeyBackup.WriteAsync(
            data.Keys, folder, secret, output.Time, cancellationToken);
        output.Result(
            new KeysBackupReport(file, header.Taken, header.Expires, dropped),
            $"{file} holds the keys of {data.Path}, and is good until {header.Expires:u}.",
            $"{dropped} expired backups were deleted. Keep none elsewhere for longer than 35 days.");
        return ExitCode.Ok;
    }
}

/// <summary>The JSON of <c>exchange keys backup</c>.</summary>
/// <param name="File">What was written.</param>
/// <param name="Taken">When.</param>
/// <param name="Expires">Until when it is good.</param>
/// <param name="Dropped">Expired backups that were deleted.</param>
internal sealed record KeysBackupReport(string File, DateTimeOffset Taken, DateTimeOffset Expires, int Dropped);
