using System.Text.Json;
using Xunit;
using Xunit.Abstractions;

namespace Exchange.EndToEnd.Tests;

/// <summary>A process that is killed while it syncs goes on at the last durable batch.</summary>
public sealed class SyncKilledTests(ITestOutputHelper output)
{
    private const int Workers = 5000;

    // Slow enough that batches become durable while later ones are under way.
    private const int SlowLine = 1_500_000;

    // A batch of these records, less than it weighs on the line.
    private const int Batch = 250_000;

    // Between two questions, so that asking doesn't hold up what is asked about.
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(200);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_node_killed_at_random_moments_of_a_sync_resumes_at_the_last_durable_batch(bool receiver)
    {
        var random = Seed.Begin(output);
        await using var nodes = await TwoNodes.CreateAsync("province");
        var accepted = (await TwoNodes.GenerateAsync(nodes.Caller, "--workers", Workers)).GetProperty("accepted");
        var total = accepted.GetProperty("worker").GetInt64() + accepted.GetProperty("household").GetInt64();

        nodes.Line.BytesPerSecond = SlowLine;
        await KillDuringSyncAsync(nodes, receiver, random.Next(Batch));
        await KillDuringSyncAsync(nodes, receiver, Batch + random.Next(Batch));
        await KillDuringSyncAsync(nodes, receiver, (2 * Batch) + random.Next(Batch), untilDurable: true);
        nodes.Line.BytesPerSecond = 0;

        var durable = await HeldAsync(nodes);
        output.WriteLine($"{durable} of {total} durable after three kills and {nodes.Line.Carried} bytes");
        Assert.InRange(durable, 1, total - 1);
        var session = await nodes.SyncAsync();
        Assert.Equal(total - durable, session.GetProperty("sent").GetInt64());
        Assert.Equal(0, session.GetProperty("quarantined").GetInt64());
        Assert.True(session.GetProperty("resumed").GetBoolean());
        Assert.Equal(total, await HeldAsync(nodes));
        Assert.Equal(0, (await nodes.SyncAsync()).GetProperty("sent").GetInt64());
    }

    // The line stands still at the byte, so that nothing can be through before the kill.
    private async Task KillDuringSyncAsync(TwoNodes nodes, bool receiver, int bytes, bool untilDurable = false)
    {
        var reached = nodes.Line.StandStillAfterAsync(bytes);
        using var sync = ExchangeProgram.Start("sync", nodes.Partner, "--data", nodes.Caller.Data);
        var first = await Task.WhenAny(reached, sync.WaitForExitAsync());
        Assert.True(first == reached, $"The session ended before byte {bytes} of it.");
        while (untilDurable && await HeldAsync(nodes) == 0)
        {
            // Every batch that is through becomes durable while the line stands still.
            Assert.False(sync.HasExited, $"The session ended with nothing durable of {bytes} bytes.");
            await Task.Delay(Between, TimeProvider.System);
        }

        await (receiver ? nodes.Answerer : nodes.Caller).KillAsync();
        nodes.Line.GoOn();
        var failed = await ExchangeProgram.EndAsync(sync);
        Assert.NotEqual(0, failed.ExitCode);
        await (receiver ? nodes.RestartAnswererAsync() : EndSessionAndStartCallerAsync(nodes));
        output.WriteLine($"killed after {bytes} bytes, {await HeldAsync(nodes)} records durable");
    }

    // The survivor goes on applying what it had received; only then is it told what is durable.
    private static async Task EndSessionAndStartCallerAsync(TwoNodes nodes)
    {
        while ((await nodes.Answerer.StatusAsync()).GetProperty("peers")[0].TryGetProperty("running", out var running)
            && running.ValueKind != JsonValueKind.Null)
        {
            await Task.Delay(Between, TimeProvider.System);
        }

        await nodes.Caller.StartAsync();
    }

    private static async Task<long> HeldAsync(TwoNodes nodes) =>
        await nodes.Answerer.CountAsync("worker") + await nodes.Answerer.CountAsync("household");
}
