using Exchange.Cli.Client;
using Exchange.Cli.Output;

namespace Exchange.Cli.Demo;

/// <summary>What the steps of the demo share.</summary>
internal sealed class DemoContext(CommandOutput output, DemoOptions options, DemoSite site, DemoChecks checks)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public DemoOptions Options => options;

    public DemoSite Site => site;

    public DemoChecks Checks => checks;

    public CommandOutput Output => output;

    public TimeProvider Time => output.Time;

    public NodeConnection Sending => site.Sending.Node;

    public NodeConnection Receiving => site.Receiving.Node;

    /// <summary>Tells what is happening: to the reader of the result, or beside the JSON.</summary>
    public void Say(string line)
    {
        if (output.IsJson)
        {
            output.Tell(line);
        }
        else
        {
            output.Results.WriteLine(line);
        }
    }

    /// <summary>Waits until something holds.</summary>
    /// <exception cref="CommandException">It didn't within two minutes, which only a fault explains.</exception>
    public async Task UntilAsync(string what, Func<Task<bool>> holds, CancellationToken cancellationToken)
    {
        var start = Time.GetTimestamp();
        while (!await holds())
        {
            if (Time.GetElapsedTime(start) > Patience)
            {
                throw new CommandException(ExitCode.Failed, $"Waited {Patience.TotalSeconds:0} s in vain: {what}.");
            }

            await Task.Delay(Poll, Time, cancellationToken);
        }
    }

    public Task<StatusReport> StatusAsync(NodeConnection node, CancellationToken cancellationToken) =>
        StatusReport.ReadAsync(node, Time, cancellationToken);
}
