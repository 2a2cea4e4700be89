using System.CommandLine;
using Exchange.Cli.Output;
using Exchange.Node.JsonDoor;
using Exchange.V1;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange digest</c></summary>
internal static class DigestCommand
{
    public static Command Create(CommandEnvironment environment)
    {
        var vacancies = new Argument<string[]>("vacancy")
        {
            Description = "The vacancies' record ids, in the order in which they are told.",
            Arity = ArgumentArity.OneOrMore,
        };
        var channel = EnumOption.One<MessageChannel>("--channel", "The way that it goes.");
        channel.Required = true;
        var workers = new Option<string[]>("--worker")
        {
            Description = "Who gets one, by record id. May be given several times.",
            HelpName = "ID",
        };
        var board = new Option<string?>("--board")
        {
            Description = "Where the notice board hangs, as a division code.",
            HelpName = "CODE",
        };
        var check = new Option<bool>("--check-only") { Description = "Shows what would be said, and writes nothing." };
        var command = new Command(
            "digest", "Writes a digest of vacancies, for phones or a notice board, to the outbox.")
        {
            vacancies, channel, workers, board, check,
        };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var place = input.GetValue(board);
            var request = new RenderDigestRequest
            {
                Channel = input.GetValue(channel) ?? default,
                VacancyIds = { input.GetRequiredValue(vacancies) },
                WorkerIds = { input.GetValue(workers) ?? [] },
                Place = place is null ? null : new Place { DivisionCode = place, Words = place },
                ValidateOnly = input.GetValue(check),
            };
            var made = await node.Messages.RenderDigestAsync(request, cancellationToken: cancellationToken);
            var words = made.LeftOut
                .Select(one => $"{one.WorkerId} was left out: {Names.Lower(one.Reason.ToString())}.")
                .Prepend(made.Text).Append($"{made.MessageIds.Count} messages were written.");
            foreach (var line in output.IsJson ? [ContractJson.Line(made)] : words)
            {
                output.Results.WriteLine(line);
            }
        });
    }
}
