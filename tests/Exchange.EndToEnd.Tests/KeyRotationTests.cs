using System.Text.Json;
using Xunit;
using Xunit.Abstractions;

namespace Exchange.EndToEnd.Tests;

/// <summary><c>exchange keys rotate</c> on a node that is killed meanwhile.</summary>
public sealed class KeyRotationTests(ITestOutputHelper output)
{
    private const int Workers = 2000;
    private const int Attempts = 5;

    [LongFact]
    public async Task A_node_killed_in_a_rotation_goes_on_with_it_and_nothing_is_unreadable()
    {
        await using var nodes = await TwoNodes.CreateAsync("province");
        await TwoNodes.GenerateAsync(nodes.Caller, "--workers", Workers);
        await nodes.SyncAsync();

        var interrupted = 0;
        var rotations = 0;
        for (; interrupted == 0 && rotations < Attempts; rotations++)
        {
            var version = await KillInRotationAsync(nodes.Caller);
            interrupted += nodes.Caller.Log.Contains($"master key {version},", StringComparison.Ordinal) ? 0 : 1;
            await nodes.Caller.StartAsync();
            await EndAsync(nodes.Caller);
        }

        var status = await ExchangeProgram.JsonAsync("keys", "status", "--data", nodes.Caller.Data);
        var verified = await ExchangeProgram.JsonAsync("verify", nodes.Partner, "--data", nodes.Caller.Data);
        output.WriteLine($"{interrupted} of {rotations} rotations were cut off; {status}");
        Assert.Equal(1, interrupted);
        var master = Assert.Single(status.GetProperty("masters").EnumerateArray().ToList());
        Assert.Equal(1 + rotations, master.GetProperty("version").GetInt32());
        Assert.Equal("matched", verified.GetProperty("outcome").GetString());
        Assert.Equal(0, verified.GetProperty("sent").GetInt64());
        Assert.Equal(Workers, await nodes.Answerer.CountAsync("worker"));
    }

    // As soon as the command says that it has begun; returns the version of the master that the rotation makes.
    private static async Task<int> KillInRotationAsync(NodeProcess node)
    {
        using var rotate = ExchangeProgram.Start("keys", "rotate", "--payloads", "--data", node.Data);
        var begun = await rotate.StandardError.ReadLineAsync().WaitAsync(ExchangeProgram.Patience);
        await node.KillAsync();
        rotate.Kill();
        Assert.StartsWith("master key ", begun, StringComparison.Ordinal);
        return int.Parse(
            begun!.Split(' ')[2].TrimEnd(':'), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task EndAsync(NodeProcess node)
    {
        JsonElement rotation;
        do
        {
            var status = await ExchangeProgram.JsonAsync("keys", "status", "--data", node.Data);
            rotation = status.GetProperty("rotation");
        }
        while (rotation.GetProperty("step").GetString() != "done");
    }
}
