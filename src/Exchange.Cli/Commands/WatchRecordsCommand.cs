using Exchange.Node.JsonDoor;
using System.CommandLine;
using Exchange.Cli.Output;
using Exchange.Cli.Watching;
using Exchange.V1;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange watch records</c></summary>
internal static class WatchRecordsCommand
{
    private static readonly WatchText<WatchRecordsResponse> Text = new(Read, Line, ContractJson.Line);

    public static Command Create(CommandEnvironment environment)
    {
        var kinds = new Option<string[]>("--kind")
        {
            Description = "Only this kind, such as worker or vacancy. May be given several times.",
            HelpName = "KIND",
            AllowMultipleArgumentsPerToken = true,
        };
        var purpose = new Option<string>("--unmask-purpose")
        {
            Description = "What personal data is needed in the clear for; the audit keeps it. Without it names and "
                + "numbers are masked.",
            HelpName = "TEXT",
        };
        var command = new Command(
            "records", "Writes out records of any kind and their changes. With --json their content.")
        {
            kinds,
            purpose,
        };
        var options = WatchOptions.AddTo(command);
        command.SetAction((input, cancellationToken) =>
        {
            var request = new WatchRecordsRequest { UnmaskPurpose = input.GetValue(purpose) ?? "" };
            request.Kinds.AddRange(input.GetValue(kinds) ?? []);
            return options.RunAsync(
                environment,
                input,
                (node, token, stop) => node.Records.WatchRecords(
                    new WatchRecordsRequest(request) { ResumeToken = token }, cancellationToken: stop),
                Text,
                cancellationToken);
        });
        return command;
    }

    private static WatchEvent Read(WatchRecordsResponse response) => new(
        response.EventCase switch
        {
            WatchRecordsResponse.EventOneofCase.Record => WatchEventKind.Item,
            WatchRecordsResponse.EventOneofCase.Removed => WatchEventKind.Removed,
            WatchRecordsResponse.EventOneofCase.SnapshotEnd => WatchEventKind.SnapshotEnd,
            _ => WatchEventKind.Bookmark,
        },
        response.ResumeToken);

    // Ids and homes only: a terminal's scroll-back is no place for personal data.
    private static string Line(WatchRecordsResponse response) => response.Record is { } record
        ? $"+ {record.Kind} {record.Id} of {record.HomeNode}, {Names.Lower(record.State.ToString())}, etag "
            + $"{record.Etag}"
        : $"- {response.Removed.Kind} {response.Removed.Id}";
}
