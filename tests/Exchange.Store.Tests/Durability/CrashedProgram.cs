using System.Diagnostics;
using System.Globalization;

namespace Exchange.Store.Tests.Durability;

/// <summary>The crash writer as a process of its own.</summary>
internal static class CrashedProgram
{
    private static string Library => Path.Combine(AppContext.BaseDirectory, "Exchange.Store.CrashWriter.dll");

    // The runtime that runs the tests, which need not be the first one on the path.
    private static string Host => Environment.ProcessPath is { } path
        && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";

    /// <summary>Starts the program, perhaps under another that traces or confines it.</summary>
    public static Process Start(string[] arguments, params string[] under)
    {
        string[] command = [.. under, Host, "exec", Library];
        var start = new ProcessStartInfo(command[0], [.. command[1..], .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} didn't start.");
    }

    /// <summary>Runs the program to its end; returns its output and errors.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string[] arguments, params string[] under)
    {
        using var process = Start(arguments, under);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }

    /// <summary>
    /// Reads what the program says until it ends; raises each writer's number to its last acknowledged commit.
    /// </summary>
    public static async Task ReadAcknowledgementsAsync(Process process, int[] acknowledged, TaskCompletionSource ready)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            ready.TrySetResult();
            if (line.Split(' ') is ["ack", var writer, var number])
            {
                acknowledged[int.Parse(writer, CultureInfo.InvariantCulture)] =
                    int.Parse(number, CultureInfo.InvariantCulture);
            }
        }

        ready.TrySetResult();
    }

}
