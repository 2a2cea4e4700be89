using System.CommandLine;
using Exchange.Cli.Output;
using Exchange.Node.JsonDoor;
using Exchange.V1;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange route</c></summary>
internal static class RouteCommand
{
    public static Command Create(CommandEnvironment environment)
    {
        var vacancy = new Argument<string>("vacancy") { Description = "The vacancy's record id." };
        var channel = EnumOption.One<IntroducingChannel>("--channel", "How it is passed on. Default: not stated.");
        var check = new Option<bool>("--check-only") { Description = "Shows the steps, and writes nothing." };
        var command = new Command(
            "route", "Passes a vacancy on: from the city to the paired counties, and from there to townships and "
            + "villages.")
        {
            vacancy, channel, check,
        };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var request = new RouteVacancyRequest
            {
                VacancyId = input.GetRequiredValue(vacancy),
                Channel = input.GetValue(channel) ?? default,
                ValidateOnly = input.GetValue(check),
            };
            var made = await node.Messages.RouteVacancyAsync(request, cancellationToken: cancellationToken);
            foreach (var line in output.IsJson ? [ContractJson.Line(made)] : Lines(made))
            {
                output.Results.WriteLine(line);
            }
        });
    }

    private static IEnumerable<string> Lines(RouteVacancyResponse made) =>
    [
        .. made.Steps.Select(step => $"{Text(step.FromPlace)} -> {Text(step.ToPlace)}"),
        .. made.WithoutOfficerDivisionCodes.Select(code => $"{code} has no liaison officer."),
        $"{made.Steps.Count} steps, {made.StandingCount} before"
            + (made.OutOfReachCount > 0 ? $", {made.OutOfReachCount} out of reach." : "."),
    ];

    private static string Text(Place place) => $"{place.DivisionCode} {place.Words}";
}
