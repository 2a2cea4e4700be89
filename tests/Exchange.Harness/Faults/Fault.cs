using Exchange.Harness.Nodes;

namespace Exchange.Harness.Faults;

/// <summary>Something that goes wrong, and is over when the task ends.</summary>
/// <param name="Name">Its row in the report.</param>
/// <param name="InjectAsync">Injects it at a node, or at the line to it, for a while chosen by the dice, and ends it.</param>
internal sealed record Fault(string Name, Func<HarnessSite, HarnessNode, Random, Task> InjectAsync)
{
    /// <summary>Every kind of fault.</summary>
    public static IReadOnlyList<Fault> All { get; } =
    [
        new("kill -9 and start", async (_, node, dice) =>
        {
            await node.KillAsync();
            await PauseAsync(dice, 0, 1500);
            await node.StartAsync();
        }),
        new("SIGTERM and start", async (_, node, _) =>
        {
            await node.StopAsync();
            await node.StartAsync();
        }),
        new("SIGSTOP, SIGCONT", async (_, node, dice) =>
        {
            node.Freeze();
            await PauseMaybeLongAsync(dice);
            node.Thaw();
        }),
        new("SIGSTOP, then kill -9", async (_, node, dice) =>
        {
            node.Freeze();
            await PauseAsync(dice, 200, 2000);
            await node.KillAsync();
            await node.StartAsync();
        }),
        new("nodes' line cut", (site, _, dice) => CutAsync(site.Line, dice)),
        new("clients' line cut", (_, node, dice) => CutAsync(node.Clients, dice)),
        new("nodes' line slow and cut", async (site, _, dice) =>
        {
            site.Line.Latency = TimeSpan.FromMilliseconds(dice.Next(30, 250));
            site.Line.BytesPerSecond = dice.Next(20_000, 200_000);
            await PauseAsync(dice, 1000, 3000);
            site.Line.Cut();
            await PauseAsync(dice, 500, 1500);
            site.Line.Latency = TimeSpan.Zero;
            site.Line.BytesPerSecond = 0;
        }),
        new("nodes' line silent", async (site, _, dice) =>
        {
            // In the middle of a message, if there is one.
            var reached = site.Line.StandStillAfterAsync(dice.Next(0, 4000));
            await Task.WhenAny(reached, PauseAsync(dice, 2000, 5000));
            await PauseMaybeLongAsync(dice);
            site.Line.GoOn();
        }),
        new("full disk", async (_, node, dice) =>
        {
            node.FillDisk();
            await PauseAsync(dice, 1000, 3000);
            node.EmptyDisk();
        }),
        new("full disk, kill -9 while it is full", async (_, node, dice) =>
        {
            node.FillDisk();
            await PauseAsync(dice, 500, 1500);
            await node.KillAsync();
            node.EmptyDisk();
            await node.StartAsync();
        }),
        new("clock hours behind", async (_, node, dice) =>
        {
            await node.KillAsync();
            await node.StartAsync(TimeSpan.FromHours(-dice.Next(1, 7)));
            await PauseAsync(dice, 1500, 4000);
            await node.KillAsync();
            await node.StartAsync();
        }),
        new("clock hours ahead, then repaired", async (_, node, dice) =>
        {
            await node.KillAsync();
            await node.StartAsync(TimeSpan.FromHours(dice.Next(1, 7)));
            await PauseAsync(dice, 1500, 4000);
            await node.KillAsync();
            await node.RepairClockAsync();
            await node.StartAsync();
        }),
    ];

    private static async Task CutAsync(EndToEnd.Tests.Line line, Random dice)
    {
        for (var cuts = dice.Next(1, 4); cuts > 0; cuts--)
        {
            line.Cut();
            await PauseAsync(dice, 100, 800);
        }
    }

    // Now and then for so long that the partner gives the session up.
    private static Task PauseMaybeLongAsync(Random dice) =>
        dice.Next(4) == 0 ? PauseAsync(dice, 11_000, 14_000) : PauseAsync(dice, 1000, 4000);

    private static Task PauseAsync(Random dice, int least, int most) =>
        Task.Delay(TimeSpan.FromMilliseconds(dice.Next(least, most)), TimeProvider.System, CancellationToken.None);
}
