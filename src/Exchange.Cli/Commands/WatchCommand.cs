using System.CommandLine;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange watch</c></summary>
internal static class WatchCommand
{
    public static Command Create(CommandEnvironment environment) =>
        new("watch", "Writes out what a node holds and every change, until it is ended; survives cut lines and "
            + "restarts.")
        {
            WatchVacanciesCommand.Create(environment),
            WatchPlacementsCommand.Create(environment),
            WatchRecordsCommand.Create(environment),
        };
}
