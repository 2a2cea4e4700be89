using System.CommandLine;

namespace Exchange.Cli.Client;

/// <summary>The option <c>--data</c> of commands that work on the directory itself.</summary>
internal static class DataOption
{
    public static Option<string> Required(string description) => new("--data")
    {
        Description = description,
        HelpName = "DIR",
        Required = true,
    };
}
