using System.CommandLine;

namespace Exchange.Cli.Docs;

/// <summary>Prints <c>cli.md</c> from the command tree.</summary>
internal static class CliReference
{
    private const string Introduction =
        """
        The program `exchange` makes, runs and asks nodes.

        Results go to standard output; progress, logs and errors to standard error. With `--json` the result is one JSON
        object on one line; commands that go on, such as `watch`, write one object a line, in the contract's own JSON.
        An error is then an object `{"error": {...}}`. Progress is shown on a terminal and never in a pipe.

        Commands that talk to a node find it by `--node`, or by `--data` on the same machine, or else at
        `https://127.0.0.1:7070`.
        """;

    public static string Write(RootCommand root)
    {
        var page = new Markdown("Command line", Introduction);
        page.Table(
            ["command", "what it does"],
            Visible(root).Select(command => new[]
            {
                $"[`{command.Name}`](#exchange-{command.Name})", command.Description ?? "",
            }));
        page.Heading(2, "Exit codes").Table(
            ["code", "name", "meaning"],
            ExitCode.All.Select(code => new[] { $"{code.Code}", code.Name, code.Meaning }));
        foreach (var command in Visible(root))
        {
            Add(page, "exchange", command, 2);
        }

        return page.ToString();
    }

    private static IEnumerable<Command> Visible(Command command) => command.Subcommands.Where(sub => !sub.Hidden);

    private static void Add(Markdown page, string parent, Command command, int level)
    {
        var path = $"{parent} {command.Name}";
        page.Heading(level, path).Block(command.Description ?? "");
        if (command.Subcommands.Count == 0)
        {
            page.Code("", Usage(path, command))
                .Table(["argument", "meaning"], command.Arguments.Select(Row))
                .Table(["option", "meaning"], command.Options.Where(o => !o.Hidden).Select(Row));
        }

        foreach (var sub in Visible(command))
        {
            Add(page, path, sub, level + 1);
        }
    }

    private static string[] Row(Argument argument) => [$"`{Label(argument)}`", argument.Description ?? ""];

    private static string[] Row(Option option) =>
        [$"`{Label(option)}`", (option.Required ? "Required. " : "") + option.Description];

    private static string Usage(string path, Command command)
    {
        var arguments = command.Arguments.Select(argument =>
            argument.Arity.MinimumNumberOfValues == 0 ? $" [{Label(argument)}]" : $" {Label(argument)}");
        var required = command.Options.Where(o => o.Required).Select(o => " " + Label(o));
        var others = command.Options.Any(o => !o.Required && !o.Hidden) ? " [options]" : "";
        return path + string.Concat(arguments) + string.Concat(required) + others;
    }

    private static string Label(Argument argument) => argument.HelpName ?? argument.Name.ToUpperInvariant();

    private static string Label(Option option) =>
        option.ValueType == typeof(bool) ? option.Name : $"{option.Name} {option.HelpName ?? "VALUE"}";
}
