using Exchange.Node.JsonDoor;
using System.CommandLine;
using System.Globalization;
using Exchange.Cli.Output;
using Exchange.Cli.Watching;
using Exchange.V1;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange watch vacancies</c></summary>
internal static class WatchVacanciesCommand
{
    private static readonly WatchText<WatchVacanciesResponse> Text = new(Read, Line, ContractJson.Line);

    public static Command Create(CommandEnvironment environment)
    {
        var statuses = EnumOption.Many<VacancyStatus>("--status", "Only vacancies in one of these states.");
        var division = new Option<string>("--division")
        {
            Description = "Only where the work place's code begins so.",
            HelpName = "CODE",
        };
        var occupation = new Option<string>("--occupation")
        {
            Description = "Only where the occupation's code begins so.",
            HelpName = "CODE",
        };
        var employer = new Option<string>("--employer")
        {
            Description = "Only of this employer's record.",
            HelpName = "ID",
        };
        var home = new Option<string>("--home") { Description = "Only of this node.", HelpName = "NODE" };
        var source = new Option<string>("--source")
        {
            Description = "Only from this source of external keys.",
            HelpName = "SOURCE",
        };
        var text = new Option<string>("--text")
        {
            Description = "Only with this text in title, trade or employer.",
            HelpName = "TEXT",
        };
        var group = EnumOption.One<ReservedGroup>("--reserved", "Only with posts set aside for this group.");
        var command = new Command("vacancies", "Writes out vacancies and their changes.")
        {
            statuses, division, occupation, employer, home, source, text, group,
        };
        var options = WatchOptions.AddTo(command);
        command.SetAction((input, cancellationToken) =>
        {
            var filter = new VacancyFilter
            {
                DivisionCode = input.GetValue(division) ?? "",
                OccupationCode = input.GetValue(occupation) ?? "",
                EmployerId = input.GetValue(employer) ?? "",
                HomeNode = input.GetValue(home) ?? "",
                Source = input.GetValue(source) ?? "",
                Text = input.GetValue(text) ?? "",
                ReservedGroup = input.GetValue(group) ?? ReservedGroup.Unspecified,
            };
            filter.Statuses.AddRange(input.GetValue(statuses) ?? []);
            return options.RunAsync(
                environment,
                input,
                (node, token, stop) => node.Vacancies.WatchVacancies(
                    new WatchVacanciesRequest { Filter = filter, ResumeToken = token }, cancellationToken: stop),
                Text,
                cancellationToken);
        });
        return command;
    }

    public static WatchEvent Read(WatchVacanciesResponse response) => new(
        response.EventCase switch
        {
            WatchVacanciesResponse.EventOneofCase.Vacancy => WatchEventKind.Item,
            WatchVacanciesResponse.EventOneofCase.Removed => WatchEventKind.Removed,
            WatchVacanciesResponse.EventOneofCase.SnapshotEnd => WatchEventKind.SnapshotEnd,
            _ => WatchEventKind.Bookmark,
        },
        response.ResumeToken);

    private static string Line(WatchVacanciesResponse response)
    {
        if (response.Vacancy is not { } record)
        {
            return $"- vacancy {response.Removed.Id}";
        }

        var vacancy = record.Vacancy;
        var wanted = vacancy.Headcount == 0 ? "?" : vacancy.Headcount.ToString(CultureInfo.InvariantCulture);
        return $"+ vacancy {record.Id} {Names.Lower(vacancy.Status.ToString())} {vacancy.Title} | {wanted} wanted | "
            + $"{vacancy.EmployerName} | {vacancy.WorkPlace?.Words}";
    }
}
