using Exchange.Harness.Nodes;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Harness.Faults;

/// <summary>
/// Injects faults one after another for a while, in an order that follows from the seed: every kind once before any comes
/// again. After each the node must serve, and the two nodes must be able to complete a session.
/// </summary>
internal sealed class FaultSchedule(HarnessSite site, int seed, TimeSpan length)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Random _dice = new(seed);
    private readonly SortedDictionary<string, (int Injected, int Survived)> _table = new(StringComparer.Ordinal);

    /// <summary>By kind of fault, how often it was injected and survived.</summary>
    public IReadOnlyDictionary<string, (int Injected, int Survived)> Table => _table;

    /// <summary>What wasn't survived.</summary>
    public List<string> Failures { get; } = [];

    /// <summary>Sessions that were called for after faults and completed.</summary>
    public int Sessions { get; private set; }

    /// <summary>Runs until the time is over.</summary>
    public async Task RunAsync()
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var deck = Fault.All.ToArray();
            _dice.Shuffle(deck);
            foreach (var fault in deck)
            {
                if (TimeProvider.System.GetElapsedTime(start) > length)
                {
                    return;
                }

                await InjectAsync(fault, _dice.Next(2) == 0 ? site.Region : site.City);
            }
        }
    }

    private async Task InjectAsync(Fault fault, HarnessNode node)
    {
        var (injected, survived) = _table.GetValueOrDefault(fault.Name);
        _table[fault.Name] = (injected + 1, survived);
        var start = TimeProvider.System.GetTimestamp();
        await fault.InjectAsync(site, node, _dice);
        if (await ServesAsync(fault, node) && await SyncsAsync(fault))
        {
            _table[fault.Name] = (injected + 1, survived + 1);
        }

        var took = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        await Console.Error.WriteLineAsync($"{fault.Name} at {node.Id}: {took:0.0} s until a session completed");
        await Task.Delay(TimeSpan.FromMilliseconds(_dice.Next(100, 700)), TimeProvider.System, CancellationToken.None);
    }

    private async Task<bool> ServesAsync(Fault fault, HarnessNode node)
    {
        if (!node.IsRunning)
        {
            Failures.Add($"{node.Id} ended by itself after: {fault.Name}");
            await node.KillAsync();
            await node.StartAsync();
            return false;
        }

        return await InTimeAsync(
            $"{node.Id} doesn't serve after: {fault.Name}",
            async options =>
            {
                await node.Client.Nodes.GetStatusAsync(new GetStatusRequest(), options);
            });
    }

    private async Task<bool> SyncsAsync(Fault fault)
    {
        var done = await InTimeAsync(
            $"no session completes after: {fault.Name}",
            async options =>
            {
                await site.Region.Client.Nodes.SyncNowAsync(new SyncNowRequest { Peer = site.City.Id }, options);
            });
        Sessions += done ? 1 : 0;
        return done;
    }

    private async Task<bool> InTimeAsync(string failure, Func<CallOptions, Task> ask)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                var deadline = TimeProvider.System.GetUtcNow().AddSeconds(30).UtcDateTime;
                await ask(new CallOptions(deadline: deadline));
                return true;
            }
            catch (RpcException exception)
            {
                if (TimeProvider.System.GetElapsedTime(start) > Patience)
                {
                    Failures.Add($"{failure}: {exception.Status.Detail}");
                    return false;
                }

                await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, CancellationToken.None);
            }
        }
    }
}
