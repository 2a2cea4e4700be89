using System.CommandLine;
using Exchange.Cli.Client;
using Exchange.V1;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange subject show</c></summary>
internal static class SubjectShowCommand
{
    public static Command Create(CommandEnvironment environment)
    {
        var id = SubjectCommand.Id();
        var purpose = SubjectCommand.Purpose();
        var command = new Command(
            "show",
            "Writes out all that the node holds about a person, in the clear, and who was given it: for the answer to "
            + "the person's own request. The audit chain keeps that it was shown.")
        {
            id, purpose,
        };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var request = new ShowSubjectRequest
            {
                SubjectId = input.GetRequiredValue(id),
                Purpose = input.GetRequiredValue(purpose),
            };
            SubjectSummary? summary = null;
            var records = new List<Record>();
            var given = new List<DisclosurePartner>();
            using var call = node.Subjects.ShowSubject(request, cancellationToken: cancellationToken);
            while (await call.ResponseStream.MoveNext(cancellationToken))
            {
                var part = call.ResponseStream.Current;
                switch (part.PartCase)
                {
                    case ShowSubjectResponse.PartOneofCase.Summary:
                        summary = part.Summary;
                        break;
                    case ShowSubjectResponse.PartOneofCase.Record:
                        records.Add(part.Record);
                        break;
                    case ShowSubjectResponse.PartOneofCase.Disclosed:
                        given.Add(part.Disclosed);
                        break;
                }
            }

            var report = SubjectReport.From(
                summary ?? throw new CommandException(ExitCode.Failed, "The node ended the answer before it began."),
                records,
                given);
            output.Result(report, report.Lines(request.Purpose));
        });
    }
}
