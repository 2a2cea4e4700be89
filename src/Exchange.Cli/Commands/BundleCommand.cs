using System.CommandLine;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange bundle</c></summary>
internal static class BundleCommand
{
    public static Command Create(CommandEnvironment environment) =>
        new("bundle", "Exchanges with a partner without a line: by files that are signed and encrypted to the partner.")
        {
            BundleExportCommand.Create(environment),
            BundleImportCommand.Create(environment),
            BundleShowCommand.Create(environment),
        };
}
