using System.CommandLine;
using Exchange.V1;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange subject match</c></summary>
internal static class SubjectMatchCommand
{
    public static Command Create(CommandEnvironment environment)
    {
        var ids = new Argument<string[]>("id")
        {
            Description = "The ids of this node's own workers, 200 at most.",
            Arity = ArgumentArity.OneOrMore,
        };
        var peer = new Option<string>("--peer")
        {
            Description = "The partner to ask.",
            HelpName = "NODE",
            Required = true,
        };
        var purpose = SubjectCommand.Purpose();
        var command = new Command(
            "match",
            "Asks a partner which of the masked records that it gave are about own workers, by tokens of their ID "
            + "numbers. The agreement must allow it.")
        {
            ids, peer, purpose,
        };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var request = new FindGivenPersonsRequest
            {
                Peer = input.GetRequiredValue(peer),
                Purpose = input.GetRequiredValue(purpose),
                WorkerIds = { input.GetRequiredValue(ids) },
            };
            var found = await node.PersonMatches.FindGivenPersonsAsync(request, cancellationToken: cancellationToken);
            var matches = found.Matches.Select(match => new MatchReport(match.WorkerId, match.GivenIds)).ToList();
            output.Result(
                new { asked = request.WorkerIds.Count, matches },
                matches.Select(match => $"{match.Worker}: {string.Join(", ", match.Given)}")
                    .Append($"{matches.Count} of {request.WorkerIds.Count} were given by {request.Peer}."));
        });
    }
}

/// <summary>An own worker whom the partner gave as well.</summary>
/// <param name="Worker">The own worker's id.</param>
/// <param name="Given">The ids of the partner's records about the same person.</param>
internal sealed record MatchReport(string Worker, IReadOnlyList<string> Given);
