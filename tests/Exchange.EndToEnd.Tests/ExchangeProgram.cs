using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Exchange.EndToEnd.Tests;

/// <summary>The built program, run as its users run it.</summary>
internal static class ExchangeProgram
{
    /// <summary>
    /// When a command hangs, and isn't merely slow on a machine that does other things. No test asserts a time.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    // What was published, where there is one: it is compiled ahead, and a test starts many processes.
    private static readonly string Executable =
        Environment.GetEnvironmentVariable("EXCHANGE_PROGRAM") ?? Find("src/Exchange.Cli", "exchange");

    /// <summary>Starts a command and returns at once.</summary>
    public static Process Start(params string[] arguments) => Start(new ProcessStartInfo(Executable), arguments);

    /// <summary>The same with a clock that is ahead, which the program itself has no option for: the harness is it too.</summary>
    public static Process StartAhead(TimeSpan ahead, params string[] arguments)
    {
        var start = new ProcessStartInfo(Find("tests/Exchange.Harness", "Exchange.Harness"));
        start.Environment["HARNESS_CLOCK_MINUTES"] = ahead.TotalMinutes.ToString("F0", CultureInfo.InvariantCulture);
        return Start(start, arguments);
    }

    private static Process Start(ProcessStartInfo start, string[] arguments)
    {
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        (start.StandardOutputEncoding, start.StandardErrorEncoding) = (Encoding.UTF8, Encoding.UTF8);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    /// <summary>Runs a command to its end.</summary>
    public static async Task<CommandResult> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        process.StandardInput.Close();
        try
        {
            return await EndAsync(process);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>
    /// Runs a command that must succeed, and reads its JSON: to set nodes up and to look at them. What a test is about is
    /// a process of its own.
    /// </summary>
    public static async Task<JsonElement> JsonAsync(params string[] arguments)
    {
        var result = await CommandHost.RunAsync([.. arguments, "--json"]);
        Assert.True(result.ExitCode == 0, $"{string.Join(' ', arguments)}: {result}");
        return result.Json;
    }

    /// <summary>Waits for the end of a started command.</summary>
    public static async Task<CommandResult> EndAsync(Process process)
    {
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Patience);
        return new CommandResult(process.ExitCode, await output, await error);
    }

    /// <summary>Asks a process to stop, as an init system does.</summary>
    public static void Terminate(Process process) => Assert.Equal(0, Kill(process.Id, signal: 15));

    /// <summary>Finds what a project built, in the configuration of these tests.</summary>
    public static string Find(string project, string program)
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var (framework, configuration) = (output.Name, output.Parent!.Name);
        var root = output;
        while (!File.Exists(Path.Combine(root.FullName, "Exchange.sln")))
        {
            root = root.Parent ?? throw new InvalidOperationException("The tests don't run inside the repository.");
        }

        var name = OperatingSystem.IsWindows() ? program + ".exe" : program;
        var path = Path.Combine(root.FullName, project, "bin", configuration, framework, name);
        return File.Exists(path) ? path : throw new FileNotFoundException("The program isn't built.", path);
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int process, int signal);
}

/// <summary>How a command ended.</summary>
/// <param name="ExitCode">The exit code.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record CommandResult(int ExitCode, string Output, string Error)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    public override string ToString() => $"exit code {ExitCode}\n{Output}\n{Error}";
}
