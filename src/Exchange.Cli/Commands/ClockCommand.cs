using System.CommandLine;
using Exchange.Cli.Client;
using Exchange.Cli.Output;
using Exchange.Node.Hosting;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange clock</c></summary>
internal static class ClockCommand
{
    public static Command Create(CommandEnvironment environment) =>
        new("clock", "Mends what a clock that ran ahead has done.") { CreateRepair(environment) };

    private static Command CreateRepair(CommandEnvironment environment)
    {
        var data = DataOption.Required("The data directory of a node that doesn't run.");
        var json = ClientOptions.NewJson();
        var command = new Command(
            "repair",
            "Stamps the node's own records anew that its clock stamped in the future, and begins a new epoch, so that "
            + "partners take them. Set the machine's clock right first. Safe to repeat.")
        {
            data, json,
        };
        command.SetAction((input, cancellationToken) => Running.RunAsync(
            environment,
            input.GetValue(json),
            output => RunAsync(output, new DataDirectory(input.GetRequiredValue(data)), cancellationToken),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        CommandOutput output, DataDirectory data, CancellationToken cancellationToken)
    {
        if (!File.Exists(data.ConfigFile))
        {
            throw new CommandException(
                ExitCode.NotFound, $"'{data.Path}' holds no node: there is no '{data.ConfigFile}'.");
        }

        var mended = await NodeMaintenance.RepairClockAsync(data, output.Time, cancellationToken);
        output.Result(
            new ClockRepairReport(mended),
            mended == 0
                ? "No record of this node lies in the future. Nothing was changed."
                : $"{mended:N0} records were stamped anew. Partners take them at the next sync.");
        return ExitCode.Ok;
    }
}

/// <summary>The JSON of <c>exchange clock repair</c>.</summary>
/// <param name="Mended">Records that were stamped anew.</param>
internal sealed record ClockRepairReport(long Mended);
