using System.CommandLine;
using System.CommandLine.Parsing;

namespace Exchange.Cli.Output;

/// <summary>Options whose values are those of an enum of the contract, in the command line's spelling.</summary>
internal static class EnumOption
{
    /// <summary>An option that may be given several times, or with several values.</summary>
    public static Option<T[]> Many<T>(string name, string description)
        where T : struct, Enum
    {
        var option = new Option<T[]>(name)
        {
            Description = $"{description} One of: {string.Join(", ", Spellings<T>())}. May be given several times.",
            HelpName = "VALUE",
            AllowMultipleArgumentsPerToken = true,
            CustomParser = result => [.. result.Tokens.Select(token => Parse<T>(token, result, name))],
        };
        option.CompletionSources.Add(Spellings<T>());
        return option;
    }

    /// <summary>An option with one value.</summary>
    public static Option<T?> One<T>(string name, string description)
        where T : struct, Enum
    {
        var option = new Option<T?>(name)
        {
            Description = $"{description} One of: {string.Join(", ", Spellings<T>())}.",
            HelpName = "VALUE",
            CustomParser = result => Parse<T>(result.Tokens[0], result, name),
        };
        option.CompletionSources.Add(Spellings<T>());
        return option;
    }

    private static T Parse<T>(Token token, ArgumentResult result, string name)
        where T : struct, Enum
    {
        foreach (var value in Values<T>())
        {
            if (string.Equals(Names.Lower(value.ToString()), token.Value, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        result.AddError($"'{token.Value}' is no value of {name}; it takes {string.Join(", ", Spellings<T>())}.");
        return default;
    }

    // The first value of the contract's enums says that nothing was set.
    private static IEnumerable<T> Values<T>()
        where T : struct, Enum =>
        Enum.GetValues<T>().Skip(1);

    private static string[] Spellings<T>()
        where T : struct, Enum =>
        [.. Values<T>().Select(value => Names.Lower(value.ToString()))];
}
