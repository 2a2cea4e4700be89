using Exchange.Client.Samples;

// samples NAME [ARGUMENT...]
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};
var left = args.Length > 2 ? int.Parse(args[2], System.Globalization.CultureInfo.InvariantCulture) : -1;
var tell = (string line) =>
{
    Console.WriteLine(line);
    if (--left == 0)
    {
        stop.Cancel();
    }
};
try
{
    await (args[0] switch
    {
        "publish_vacancies" => PublishVacancies.RunAsync(),
        "watch_vacancies" => WatchVacancies.RunAsync(args[1], tell, stop.Token),
        "watch_confirmations" => WatchConfirmations.RunAsync(args[1], tell, stop.Token),
        "walkthrough" => Walkthrough.RunAsync(),
        _ => Scenarios.RunAsync(),
    });
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    // Ended as asked.
}
