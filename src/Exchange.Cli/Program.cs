using System.Runtime.InteropServices;
using System.Text;
using Exchange.Cli;
using Exchange.Cli.Client;

// Without this, Chinese names become question marks where the locale isn't set, as in most containers.
Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

var environment = new CommandEnvironment
{
    Output = Console.Out,
    Error = Console.Error,
    OpenInput = Console.OpenStandardInput,
    IsTerminal = !Console.IsOutputRedirected,
    ShowsProgress = !Console.IsErrorRedirected,
    Time = TimeProvider.System,
    Connect = NodeConnection.Open,
};
return await ExchangeCommands.RunAsync(args, environment, stop.Token);

void Stop(PosixSignalContext signal)
{
    // The command ends by itself; a second signal ends the process at once.
    signal.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
}
