using System.Text.Json;
using Xunit;

namespace Exchange.EndToEnd.Tests;

/// <summary>A node that comes back from yesterday's backup, with real processes and files.</summary>
public sealed class RestoreTests
{
    [LongFact]
    public async Task A_home_that_is_restored_gets_back_from_its_partner_what_the_backup_lacks()
    {
        await using var nodes = await TwoNodes.CreateAsync("province");
        await TwoNodes.GenerateAsync(nodes.Caller, "--workers", 100);
        await nodes.SyncAsync();
        var backup = nodes.Folder.In("backup");
        await ExchangeProgram.JsonAsync("store", "backup", "--data", nodes.Caller.Data, "--to", backup);
        var before = await nodes.Caller.CountAsync("worker") + await nodes.Caller.CountAsync("household");
        await TwoNodes.GenerateAsync(nodes.Caller, "--workers", 1500, seed: 2);
        await nodes.SyncAsync();
        var workers = await nodes.Caller.CountAsync("worker");
        var all = workers + await nodes.Caller.CountAsync("household");

        await RestoreAsync(nodes.Caller, backup);
        Assert.Equal(100, await nodes.Caller.CountAsync("worker"));
        var session = await nodes.SyncAsync();
        var again = await nodes.SyncAsync();

        Assert.Equal(workers, await nodes.Caller.CountAsync("worker"));
        Assert.Equal(workers, await nodes.Answerer.CountAsync("worker"));
        Assert.InRange(session.GetProperty("returned").GetInt64(), all - before, all);
        Assert.Equal((0, 0), (again.GetProperty("sent").GetInt64(), again.GetProperty("returned").GetInt64()));
        var ours = (await PeerAsync(nodes.Caller)).GetProperty("restored");
        Assert.Equal(all - before, ours.GetProperty("returned").GetInt64());
        Assert.True(ours.GetProperty("complete").GetBoolean());
        Assert.True((await PeerAsync(nodes.Answerer)).GetProperty("peerRestored").GetProperty("complete").GetBoolean());
        Assert.Contains("was restored from a backup", nodes.Caller.Log, StringComparison.Ordinal);
        Assert.Contains("was restored from a backup", nodes.Answerer.Log, StringComparison.Ordinal);
    }

    [LongFact]
    public async Task A_node_that_is_restored_by_its_folder_gets_its_vacancies_back_and_its_partners_data_whole()
    {
        await using var nodes = await TwoNodes.CreateAsync("city");
        await TwoNodes.GenerateAsync(nodes.Answerer, "--vacancies", 200);
        await nodes.SyncAsync();
        await nodes.Answerer.StopAsync();
        Copy(Path.Combine(nodes.Answerer.Data, "store"), nodes.Folder.In("snapshot"));
        await nodes.RestartAnswererAsync();
        await TwoNodes.GenerateAsync(nodes.Answerer, "--vacancies", 300, seed: 2);
        await nodes.SyncAsync();
        var vacancies = await nodes.Answerer.CountAsync("vacancy");

        await RestoreAsync(nodes.Answerer, nodes.Folder.In("snapshot"));
        nodes.Line.Target = nodes.Answerer.Address;
        await nodes.SyncAsync();

        Assert.Equal(vacancies, await nodes.Answerer.CountAsync("vacancy"));
        Assert.Equal(vacancies, await nodes.Caller.CountAsync("vacancy"));
    }

    [LongFact]
    public async Task A_clock_that_is_right_is_left_alone_and_a_running_node_is_refused()
    {
        using var folder = new TestFolder();
        await using var node = await NodeProcess.CreateAsync(folder.In("n"), "dongguan");
        await TwoNodes.GenerateAsync(node, "--vacancies", 5);

        var running = await ExchangeProgram.RunAsync("clock", "repair", "--data", node.Data);
        await node.StopAsync();
        var report = await ExchangeProgram.JsonAsync("clock", "repair", "--data", node.Data);

        Assert.Equal(1, running.ExitCode);
        Assert.Contains("in use", running.Error, StringComparison.Ordinal);
        Assert.Equal(0, report.GetProperty("mended").GetInt64());
    }

    private static async Task RestoreAsync(NodeProcess node, string backup)
    {
        await node.StopAsync();
        Directory.Delete(Path.Combine(node.Data, "store"), recursive: true);
        await ExchangeProgram.JsonAsync("store", "restore", "--from", backup, "--data", node.Data);
        await node.StartAsync();
    }

    private static async Task<JsonElement> PeerAsync(NodeProcess node) =>
        (await node.StatusAsync()).GetProperty("peers")[0];

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }
}
