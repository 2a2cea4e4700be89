using System.CommandLine;
using Exchange.V1;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange agreement send</c></summary>
internal static class AgreementSendCommand
{
    public static Command Create(CommandEnvironment environment)
    {
        var id = new Argument<string>("id") { Description = "The agreement's id." };
        var command = new Command(
            "send", "Carries an agreement to the partner over the line, and takes back what the partner has signed. "
            + "The first agreement with a partner goes as a file.")
        {
            id,
        };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var answer = await node.Agreements.SendAgreementAsync(
                new SendAgreementRequest { Id = input.GetRequiredValue(id) }, cancellationToken: cancellationToken);
            return AgreementCommand.Tell(output, answer.Entry, null);
        });
    }
}
