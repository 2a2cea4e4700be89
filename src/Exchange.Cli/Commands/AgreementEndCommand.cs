using System.CommandLine;
using Exchange.Cli.Agreements;
using Exchange.V1;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange agreement end</c></summary>
internal static class AgreementEndCommand
{
    public static Command Create(CommandEnvironment environment)
    {
        var id = new Argument<string>("id") { Description = "The agreement's id." };
        var on = DayOption.New("--on", "The last day on which it holds; today or later.");
        on.Required = true;
        var succeededBy = new Option<string?>("--succeeded-by")
        {
            Description = "The node that takes the partner's place after that day; the partner's operators are told.",
            HelpName = "NODE",
        };
        var path = AgreementCommand.NewOut("Where to write the proposal, to be brought to the partner.");
        var command = new Command(
            "end", "Proposes a next version that ends on a day. As every version it holds once both have signed it.")
        {
            id, on, succeededBy, path,
        };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var request = new EndAgreementRequest
            {
                Id = input.GetRequiredValue(id),
                LastDate = DayOption.Read(input, on),
                Heir = input.GetValue(succeededBy) is { } heir ? new AgreementHeir { ByNode = heir } : null,
            };
            var answer = await node.Agreements.EndAgreementAsync(request, cancellationToken: cancellationToken);
            return AgreementCommand.Tell(
                output,
                answer.Entry,
                input.GetValue(path),
                $"It ends on {DayOption.Text(answer.Entry.Agreement.ValidToDate)} once the partner has signed.");
        });
    }
}
