using Xunit;

namespace Exchange.EndToEnd.Tests;

/// <summary>A process that is killed while it syncs goes on at the last durable batch.</summary>
public sealed class SyncKilledTests
{
    private const int Workers = 6000;
    private const int SlowLine = 1_500_000;

    // Bytes carried before each kill: once before the first batch is through, then after it.
    private static readonly (int From, int To)[] Moments =
        [(100_000, 900_000), (1_600_000, 2_600_000), (1_600_000, 2_600_000)];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_node_killed_at_random_moments_of_a_sync_resumes_at_the_last_durable_batch(bool receiver)
    {
        await using var nodes = await TwoNodes.CreateAsync("province");
        var accepted = (await TwoNodes.GenerateAsync(nodes.Caller, "--workers", Workers)).GetProperty("accepted");
        var total = accepted.GetProperty("worker").GetInt64() + accepted.GetProperty("household").GetInt64();
        nodes.Line.BytesPerSecond = SlowLine;

        foreach (var (from, to) in Moments)
        {
            await KillDuringSyncAsync(nodes, receiver, Random.Shared.Next(from, to));
        }

        nodes.Line.BytesPerSecond = 0;
        var durable = await HeldAsync(nodes);
        Assert.True(durable < total, "Everything was through before the kills: the line is too fast.");
        var session = await nodes.SyncAsync();
        Assert.Equal(total - durable, session.GetProperty("sent").GetInt64());
        Assert.Equal(total, await HeldAsync(nodes));
        Assert.True(durable > 0, "No batch was durable at any kill: the line is too slow or the sync too small.");
    }

    private static async Task KillDuringSyncAsync(TwoNodes nodes, bool receiver, int bytes)
    {
        using var sync = ExchangeProgram.Start("sync", nodes.Partner, "--data", nodes.Caller.Data);
        await Task.WhenAny(nodes.Line.CarriedAsync(bytes), sync.WaitForExitAsync());
        var killed = receiver ? nodes.Answerer : nodes.Caller;
        await killed.KillAsync();
        await ExchangeProgram.EndAsync(sync);
        await (receiver ? nodes.RestartAnswererAsync() : nodes.Caller.StartAsync());
    }

    private static async Task<long> HeldAsync(TwoNodes nodes) =>
        await nodes.Answerer.CountAsync("worker") + await nodes.Answerer.CountAsync("household");
}
