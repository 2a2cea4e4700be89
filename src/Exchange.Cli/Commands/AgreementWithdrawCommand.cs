using System.CommandLine;
using Exchange.V1;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange agreement withdraw</c></summary>
internal static class AgreementWithdrawCommand
{
    public static Command Create(CommandEnvironment environment)
    {
        var id = new Argument<string>("id") { Description = "The agreement's id." };
        var command = new Command(
            "withdraw", "Forgets the open proposal of an agreement, our own or the partner's. What the partner has "
            + "signed meanwhile it can still bring back.")
        {
            id,
        };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var request = new WithdrawAgreementRequest { Id = input.GetRequiredValue(id) };
            var answer = await node.Agreements.WithdrawAgreementAsync(
                request, cancellationToken: cancellationToken);
            return AgreementCommand.Tell(output, answer.Entry, null, "It was withdrawn and is kept no longer.");
        });
    }
}
