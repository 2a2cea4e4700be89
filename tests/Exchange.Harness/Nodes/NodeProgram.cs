using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Exchange.Cli;
using Exchange.Cli.Client;

namespace Exchange.Harness.Nodes;

/// <summary>
/// The program <c>exchange</c> as it is, but for its clock: the product itself has no way to be told a wrong time.
/// </summary>
internal static class NodeProgram
{
    /// <summary>By how many minutes the node's clock is wrong.</summary>
    public const string ClockVariable = "HARNESS_CLOCK_MINUTES";

    private const int FileSizeSignal = 25;

    public static async Task<int> RunAsync(string[] args)
    {
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

        // A write beyond the file-size limit is to fail as one on a full disk does, and not to end the process.
        _ = Signal(FileSizeSignal, handler: 1);
        using var stop = new CancellationTokenSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            stop.Cancel();
        });
        var minutes = Environment.GetEnvironmentVariable(ClockVariable);
        var environment = new CommandEnvironment
        {
            Output = Console.Out,
            Error = Console.Error,
            OpenInput = Console.OpenStandardInput,
            IsTerminal = false,
            ShowsProgress = false,
            Time = new WrongClock(TimeSpan.FromMinutes(int.Parse(minutes ?? "0", CultureInfo.InvariantCulture))),
            Connect = NodeConnection.Open,
        };
        return await ExchangeCommands.RunAsync(args, environment, stop.Token);
    }

    [DllImport("libc", EntryPoint = "signal")]
    private static extern nint Signal(int signal, nint handler);
}
