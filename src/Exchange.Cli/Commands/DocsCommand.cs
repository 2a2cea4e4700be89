using System.CommandLine;
using Exchange.Cli.Client;
using Exchange.Cli.Docs;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange docs</c>, for maintainers: prints the reference from the code.</summary>
internal static class DocsCommand
{
    public static Command Create(CommandEnvironment environment)
    {
        var target = new Option<DirectoryInfo>("--out")
        {
            Description = "Folder to write the pages to.",
            HelpName = "DIR",
            Required = true,
        };
        var json = ClientOptions.NewJson();
        var command = new Command("docs", "Writes the pages of the reference.") { target, json };
        command.Hidden = true;
        command.SetAction((input, cancellationToken) => Running.RunAsync(
            environment,
            input.GetValue(json),
            async output =>
            {
                var folder = input.GetRequiredValue(target);
                folder.Create();
                var pages = ReferencePages.Write(ExchangeCommands.Root(environment));
                foreach (var (name, text) in pages)
                {
                    await File.WriteAllTextAsync(Path.Combine(folder.FullName, name), text, cancellationToken);
                }

                output.Result(
                    new { pages = pages.Keys }, $"Wrote {string.Join(", ", pages.Keys)} to {folder.FullName}.");
                return ExitCode.Ok;
            },
            cancellationToken));
        return command;
    }
}
