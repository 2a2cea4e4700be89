using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Exchange.Cli.Output;

/// <summary>Where a command's words go: results to standard output, everything else to standard error.</summary>
internal sealed class CommandOutput(CommandEnvironment environment, bool json)
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DictionaryKeyPolicy = null,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },

        // Chinese names stay readable; the output is a terminal or a file, never a web page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The result is for a program: one JSON object.</summary>
    public bool IsJson { get; } = json;

    public bool IsTerminal => environment.IsTerminal;

    /// <summary>Standard output, for what is written as it comes.</summary>
    public TextWriter Results => environment.Output;

    public TimeProvider Time => environment.Time;

    /// <summary>Writes the result: as JSON, or in words.</summary>
    public void Result<T>(T result, params IEnumerable<string> words)
    {
        if (IsJson)
        {
            environment.Output.WriteLine(ToJson(result));
            return;
        }

        foreach (var line in words)
        {
            environment.Output.WriteLine(line);
        }
    }

    /// <summary>Tells a person what is going on, aside from the result.</summary>
    public void Tell(string line) => environment.Error.WriteLine(line);

    /// <summary>A line on the terminal that is written over as the work proceeds; nothing in a pipe.</summary>
    public ProgressLine Progress(string what) =>
        new(environment.ShowsProgress ? environment.Error : TextWriter.Null, environment.Time, what);

    public static string ToJson<T>(T value) => JsonSerializer.Serialize(value, Options);
}
