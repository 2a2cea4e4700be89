using System.Diagnostics;
using System.Globalization;
using Exchange.Node.Hosting;
using Exchange.Testing;
using Xunit;
using Xunit.Abstractions;

namespace Exchange.Node.Tests.Attacks;

/// <summary>
/// An attacker's afternoon: requests made from the descriptors of every rpc, over a real socket, by somebody who has a
/// credential or a partner's certificate. EXCHANGE_ATTACK_REQUESTS sets how many, EXCHANGE_ATTACK_SEED what they are, and
/// EXCHANGE_ATTACK_FIRST the number of the first. tests/README.md has the command of a long run.
/// </summary>
[Collection(Alone)]
public sealed class AttackTests(ITestOutputHelper output)
{
    public const string Alone = "Attacks, alone";

    /// <summary>What a node may hold after an attack beyond what it held before.</summary>
    private const long MemoryBound = 64 << 20;

    private static readonly int Requests = Setting("EXCHANGE_ATTACK_REQUESTS", AttackRun.ShortRun);
    private static readonly int Seed = Setting("EXCHANGE_ATTACK_SEED", 1);
    private static readonly int First = Setting("EXCHANGE_ATTACK_FIRST", 0);

    [Fact]
    public async Task Whatever_is_sent_is_answered_precisely_and_the_node_serves_on()
    {
        await using var node = await TestNode.StartAsync(
            "dongguan",
            new NodeInitPeer(AttackWords.Partner, null, "passive"),
            new NodeInitPeer("bijie", "https://127.0.0.1:9", "nightly"));
        using var run = new AttackRun(node, Seed);
        await run.LearnAsync();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var watch = Stopwatch.StartNew();

        var table = new AttackTable();
        await run.RunAsync(First, Requests, table);

        var most = GC.GetTotalMemory(forceFullCollection: true) - before;
        var grown = await ReturnedAsync(before);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"seed {Seed}, {watch.Elapsed.TotalSeconds:N0} s, memory {most / 1048576.0:N1} MiB more than before, "
            + $"then {grown / 1048576.0:N1}\n{table}"));
        Assert.True(table.Faulty == 0, $"{table.Faulty} answers shouldn't have been:\n{table.Faults()}\n{table}");
        Assert.InRange(grown, long.MinValue, MemoryBound);
        Assert.Equal(Requests, table.Count);
        Assert.True(Requests < AttackRun.ShortRun || AttackRun.Rpcs.All(rpc => table.Of(rpc) > 0), table.ToString());
    }

    // Buffers that several requests share are given back a while after the last of them.
    private static async Task<long> ReturnedAsync(long before)
    {
        for (var patience = 100; ; patience--)
        {
            var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
            if (grown <= MemoryBound || patience == 0)
            {
                return grown;
            }

            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
        }
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : otherwise;
}
