using System.CommandLine;
using Exchange.V1;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange agreement take-over</c></summary>
internal static class AgreementTakeOverCommand
{
    public static Command Create(CommandEnvironment environment)
    {
        var predecessor = new Argument<string>("node") { Description = "The node whose place this one has taken." };
        var command = new Command(
            "take-over",
            "Makes this node the home of the records of a node whose place it has taken. They keep their ids, and "
            + "partners take them from this node at the next sync.")
        {
            predecessor,
        };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var request = new TakeOverRecordsRequest { Node = input.GetRequiredValue(predecessor) };
            var answer = await node.Agreements.TakeOverRecordsAsync(request, cancellationToken: cancellationToken);
            output.Result(
                new TakeOverReport(answer.TakenCount, answer.LeftCount),
                $"{answer.TakenCount:N0} records of {request.Node} are at home here from now on; "
                + $"{answer.LeftCount:N0} were left, because they may not be whole.");
            return ExitCode.Ok;
        });
    }
}

/// <summary>The JSON of <c>exchange agreement take-over</c>.</summary>
/// <param name="Taken">Records that are at home here from now on.</param>
/// <param name="Left">Records that stay the other node's.</param>
internal sealed record TakeOverReport(ulong Taken, ulong Left);
