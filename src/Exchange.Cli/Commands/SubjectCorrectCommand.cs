using System.CommandLine;
using Exchange.Node.Records;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange subject correct</c></summary>
internal static class SubjectCorrectCommand
{
    public static Command Create(CommandEnvironment environment)
    {
        var id = SubjectCommand.Id();
        var purpose = SubjectCommand.Purpose();
        var kind = new Option<string>("--kind")
        {
            Description = "The kind of the record. Default: worker.",
            HelpName = "KIND",
            DefaultValueFactory = _ => "worker",
        };
        var record = new Option<string>("--record")
        {
            Description = "Its id, if it isn't the person's own record: of a placement event, for instance.",
            HelpName = "ID",
        };
        var values = new Option<FileInfo>("--values")
        {
            Description = "A file with the right values: the kind's message in JSON, with the fields to replace and no "
                + "others, such as {\"name\": \"...\"}. A file, because a shell keeps what is typed.",
            HelpName = "FILE",
            Required = true,
        };
        var command = new Command(
            "correct", "Corrects a record at the request of the person whom it is about; partners are given it next.")
        {
            id, kind, record, values, purpose,
        };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var (payload, mask) = await ReadAsync(
                input.GetRequiredValue(kind), input.GetRequiredValue(values), cancellationToken);
            var request = new CorrectSubjectRequest
            {
                SubjectId = input.GetRequiredValue(id),
                Kind = input.GetRequiredValue(kind),
                Id = input.GetValue(record) ?? "",
                Payload = payload,
                UpdateMask = mask,
                Purpose = input.GetRequiredValue(purpose),
            };
            var done = await node.Subjects.CorrectSubjectAsync(request, cancellationToken: cancellationToken);
            output.Result(
                new CorrectionReport(
                    request.SubjectId, request.Kind, done.Id, done.Etag, [.. mask.Paths], done.Partners),
                $"Corrected {string.Join(", ", mask.Paths)} of {request.Kind} {done.Id}.",
                done.Partners.Count == 0
                    ? "No partner holds it."
                    : $"Given next to: {string.Join(", ", done.Partners)}.");
        });
    }

    private static async Task<(Any Payload, FieldMask Mask)> ReadAsync(
        string kind, FileInfo file, CancellationToken cancellationToken)
    {
        var descriptor = new RecordKinds().Find(kind)?.Descriptor
            ?? throw new CommandException(ExitCode.Usage, $"'{kind}' is no kind; such are worker and placement_event.");
        try
        {
            var json = await File.ReadAllTextAsync(file.FullName, cancellationToken);
            var message = JsonParser.Default.Parse(json, descriptor);
            using var read = System.Text.Json.JsonDocument.Parse(json);
            var mask = new FieldMask();
            mask.Paths.AddRange(read.RootElement.EnumerateObject().Select(field =>
                descriptor.Fields.InDeclarationOrder()
                    .First(known => known.JsonName == field.Name || known.Name == field.Name).Name));
            return (Any.Pack(message), mask);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Usage, $"'{file.Name}' can't be read: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or System.Text.Json.JsonException
            or InvalidJsonException)
        {
            // The parser's words hold what stands in the file.
            throw new CommandException(
                ExitCode.Usage,
                $"'{file.Name}' isn't the JSON of a {descriptor.Name}: a field or its value is unknown.");
        }
    }
}

/// <summary>A correction; the JSON of <c>exchange subject correct</c>.</summary>
/// <param name="Subject">The subject's id.</param>
/// <param name="Kind">The kind of the record.</param>
/// <param name="Id">Its id.</param>
/// <param name="Etag">Its etag now.</param>
/// <param name="Fields">What was replaced.</param>
/// <param name="Partners">Who is given it next.</param>
internal sealed record CorrectionReport(
    string Subject, string Kind, string Id, string Etag, IReadOnlyList<string> Fields, IReadOnlyList<string> Partners);
