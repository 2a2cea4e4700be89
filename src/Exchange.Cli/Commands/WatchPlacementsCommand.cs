using Exchange.Node.JsonDoor;
using System.CommandLine;
using Exchange.Cli.Output;
using Exchange.Cli.Watching;
using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange watch placements</c></summary>
internal static class WatchPlacementsCommand
{
    private static readonly WatchText<WatchPlacementsResponse> Text = new(Read, Line, ContractJson.Line);

    public static Command Create(CommandEnvironment environment)
    {
        var worker = new Option<string>("--worker") { Description = "Only of this worker's record.", HelpName = "ID" };
        var vacancy = new Option<string>("--vacancy")
        {
            Description = "Only of this vacancy's record.",
            HelpName = "ID",
        };
        var sourceId = new Option<string>("--source-id")
        {
            Description = "Only of the vacancy with the publisher's own key.",
            HelpName = "KEY",
        };
        var states = EnumOption.Many<PlacementState>("--state", "Only in one of these states.");
        var since = new Option<DateOnly?>("--since")
        {
            Description = "Only with an event on this day or later.",
            HelpName = "YYYY-MM-DD",
        };
        var purpose = new Option<string>("--unmask-purpose")
        {
            Description = "What clerks' own words are needed for; the audit keeps it. Without it they are left out.",
            HelpName = "TEXT",
        };
        var command = new Command("placements", "Writes out the state of placements after each event.")
        {
            worker, vacancy, sourceId, states, since, purpose,
        };
        var options = WatchOptions.AddTo(command);
        command.SetAction((input, cancellationToken) =>
        {
            var filter = new PlacementFilter
            {
                WorkerId = input.GetValue(worker) ?? "",
                VacancyId = input.GetValue(vacancy) ?? "",
                VacancySourceId = input.GetValue(sourceId) ?? "",
                SinceDate = input.GetValue(since) is { } day
                    ? DateRules.ToDate(day)
                    : null,
            };
            filter.States.AddRange(input.GetValue(states) ?? []);
            return options.RunAsync(
                environment,
                input,
                (node, token, stop) => node.Placements.WatchPlacements(
                    new WatchPlacementsRequest
                    {
                        Filter = filter,
                        ResumeToken = token,
                        UnmaskPurpose = input.GetValue(purpose) ?? "",
                    },
                    cancellationToken: stop),
                Text,
                cancellationToken);
        });
        return command;
    }

    private static WatchEvent Read(WatchPlacementsResponse response) => new(
        response.EventCase switch
        {
            WatchPlacementsResponse.EventOneofCase.Placement => WatchEventKind.Item,
            WatchPlacementsResponse.EventOneofCase.Removed => WatchEventKind.Removed,
            WatchPlacementsResponse.EventOneofCase.SnapshotEnd => WatchEventKind.SnapshotEnd,
            _ => WatchEventKind.Bookmark,
        },
        response.ResumeToken);

    private static string Line(WatchPlacementsResponse response)
    {
        if (response.Removed is { } removed)
        {
            return $"- placement {removed.Id}";
        }

        var placement = response.Placement;
        var disputed = placement.Disputed ? ", disputed: " + string.Join(" ", placement.Disputes) : "";
        var day = placement.StateDate is { } date ? $" since {date.Year:D4}-{date.Month:D2}-{date.Day:D2}" : "";
        var key = placement.VacancySourceId.Length > 0 ? $" ({placement.VacancySourceId})" : "";
        return $"+ placement {placement.Id} {Names.Lower(placement.State.ToString())}{day}, worker "
            + $"{placement.WorkerId}, vacancy {placement.VacancyId}{key}{disputed}";
    }
}
