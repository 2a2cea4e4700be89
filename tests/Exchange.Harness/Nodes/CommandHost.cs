using System.Text.Json;
using Exchange.Cli;
using Exchange.Cli.Client;

namespace Exchange.Harness.Nodes;

/// <summary>
/// Runs commands of the program <c>exchange</c> one after another or at once in one process, for tests that need dozens to
/// set nodes up and to look at them. Each line of standard input is a command, each line of standard output its end.
/// </summary>
internal static class CommandHost
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static async Task<int> RunAsync()
    {
        var running = new List<Task>();
        using var input = new StreamReader(Console.OpenStandardInput());
        await using var output = TextWriter.Synchronized(new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true });
        while (await input.ReadLineAsync() is { } line)
        {
            running.Add(RunAsync(JsonSerializer.Deserialize<Asked>(line, Json)!, output));
            running.RemoveAll(task => task.IsCompleted);
        }

        await Task.WhenAll(running);
        return 0;
    }

    private static async Task RunAsync(Asked asked, TextWriter output)
    {
        // Off the reader's thread: a command may compute before it first waits.
        await Task.Yield();
        using var results = new StringWriter();
        using var errors = new StringWriter();
        var environment = new CommandEnvironment
        {
            Output = results,
            Error = errors,
            OpenInput = () => Stream.Null,
            IsTerminal = false,
            ShowsProgress = false,
            Time = TimeProvider.System,
            Connect = NodeConnection.Open,
        };
        var exit = await ExchangeCommands.RunAsync(asked.Arguments, environment, CancellationToken.None);
        await output.WriteLineAsync(JsonSerializer.Serialize(
            new Ended(asked.Number, exit, results.ToString(), errors.ToString()), Json));
    }

    /// <summary>A command.</summary>
    /// <param name="Number">What its end is told by.</param>
    /// <param name="Arguments">What stands behind <c>exchange</c>.</param>
    private sealed record Asked(int Number, string[] Arguments);

    /// <summary>How it ended.</summary>
    private sealed record Ended(int Number, int ExitCode, string Output, string Error);
}
