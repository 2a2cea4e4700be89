using System.CommandLine;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange store</c></summary>
internal static class StoreCommand
{
    public static Command Create(CommandEnvironment environment) =>
        new("store", "Backs up a node's database, restores it, and moves it; the node's keys are never part of it.")
        {
            StoreBackupCommand.Create(environment),
            StoreRestoreCommand.Create(environment),
            StoreCopyCommand.Create(environment),
        };
}
