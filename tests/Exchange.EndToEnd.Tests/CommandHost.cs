using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Exchange.EndToEnd.Tests;

/// <summary>
/// One process that runs commands for all tests: a process for each costs half a second of the processor, and a test has
/// dozens of them to set its nodes up and to look at them.
/// </summary>
internal sealed class CommandHost
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private static readonly Lazy<CommandHost> Only = new(() => new CommandHost());

    private readonly ConcurrentDictionary<int, TaskCompletionSource<CommandResult>> _waiting = new();
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly Process _process;
    private int _number;

    private CommandHost()
    {
        // Its input ends with this process, and it with its input.
        _process = Process.Start(
            new ProcessStartInfo(ExchangeProgram.Find("tests/Exchange.Harness", "Exchange.Harness"), ["commands"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
                StandardOutputEncoding = Encoding.UTF8,
            })!;
        _ = ReadAsync();
    }

    /// <summary>Runs a command to its end.</summary>
    public static async Task<CommandResult> RunAsync(params string[] arguments) =>
        await Only.Value.SendAsync(arguments).WaitAsync(ExchangeProgram.Patience);

    private async Task<CommandResult> SendAsync(string[] arguments)
    {
        var number = Interlocked.Increment(ref _number);
        var ended = new TaskCompletionSource<CommandResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[number] = ended;
        await _writing.WaitAsync();
        try
        {
            await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(new Asked(number, arguments), Json));
            await _process.StandardInput.FlushAsync();
        }
        finally
        {
            _writing.Release();
        }

        return await ended.Task;
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            var ended = JsonSerializer.Deserialize<Ended>(line, Json)!;
            if (_waiting.TryRemove(ended.Number, out var waiting))
            {
                waiting.SetResult(new CommandResult(ended.ExitCode, ended.Output, ended.Error));
            }
        }

        foreach (var waiting in _waiting.Values)
        {
            waiting.TrySetException(new InvalidOperationException("The process that runs commands has ended."));
        }
    }

    private sealed record Asked(int Number, string[] Arguments);

    private sealed record Ended(int Number, int ExitCode, string Output, string Error);
}
