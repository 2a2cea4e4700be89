using System.CommandLine;
using Exchange.Cli.Client;
using Exchange.V1;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange keys</c></summary>
internal static class KeysCommand
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    public static Command Create(CommandEnvironment environment) =>
        new("keys", "Shows, renews, backs up and restores the keys that personal records are sealed under.")
        {
            Status(environment),
            Rotate(environment),
            KeysBackupCommand.Create(environment),
            KeysRestoreCommand.Create(environment),
        };

    private static Command Status(CommandEnvironment environment) =>
        new Command("status", "Shows the versions of the master key and how far the last rotation is.")
            .OnNode(environment, async (_, output, node, cancellationToken) =>
            {
                var status = await node.Keys.GetKeyStatusAsync(
                    new GetKeyStatusRequest(), cancellationToken: cancellationToken);
                var report = KeysReport.From(status);
                output.Result(report, report.Lines());
            });

    private static Command Rotate(CommandEnvironment environment)
    {
        var payloads = new Option<bool>("--payloads")
        {
            Description = "Also give every person a new data key and seal all payloads anew under it.",
        };
        var detach = new Option<bool>("--detach")
        {
            Description = "Only begin; the node goes on by itself. Without it the command waits for the end.",
        };
        var command = new Command(
            "rotate",
            "Renews the master key while the node serves. Whatever ends the node or this command, the node goes on "
            + "with it at its next start.")
        {
            payloads, detach,
        };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var request = new RotateKeysRequest { WithPayloads = input.GetValue(payloads) };
            var begun = await node.Keys.RotateKeysAsync(request, cancellationToken: cancellationToken);
            var rotation = begun.Rotation;
            while (!input.GetValue(detach) && rotation.Step != KeyRotationStep.Done)
            {
                output.Tell(KeysReport.Line(rotation));
                await Task.Delay(Between, output.Time, cancellationToken);
                var status = await node.Keys.GetKeyStatusAsync(
                    new GetKeyStatusRequest(), cancellationToken: cancellationToken);
                rotation = status.Rotation;
            }

            output.Result(RotationReport.From(rotation), KeysReport.Line(rotation));
        });
    }
}
