using Xunit;

namespace Exchange.EndToEnd.Tests;

/// <summary><c>exchange store backup</c> and <c>restore</c>, on a node that runs and one that lost its store.</summary>
public sealed class BackupTests
{
    [Fact]
    public async Task A_running_node_is_backed_up_loses_its_store_and_serves_again_in_a_new_epoch()
    {
        using var folder = new TestFolder();
        await using var node = await NodeProcess.CreateAsync(folder.In("n"), "zhaotong");
        await TwoNodes.GenerateAsync(node, "--workers", 200);
        var workers = await node.CountAsync("worker");
        var epoch = (await node.StatusAsync()).GetProperty("epoch").GetString();

        var backup = await ExchangeProgram.JsonAsync(
            "store", "backup", "--data", node.Data, "--to", folder.In("backup"));
        await TwoNodes.GenerateAsync(node, "--workers", 50, seed: 2);
        await node.KillAsync();
        var refused = await ExchangeProgram.RunAsync(
            "store", "restore", "--from", folder.In("backup"), "--data", node.Data);
        Directory.Delete(folder.In("n/store"), recursive: true);
        var restored = await ExchangeProgram.JsonAsync(
            "store", "restore", "--from", folder.In("backup"), "--data", node.Data);
        await node.StartAsync();

        Assert.Equal(workers, backup.GetProperty("records").GetProperty("worker").GetInt64());
        Assert.Equal(epoch, backup.GetProperty("epoch").GetString());
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("never overwrites", refused.Error, StringComparison.Ordinal);
        Assert.NotEqual(epoch, restored.GetProperty("epoch").GetString());
        Assert.Equal(
            restored.GetProperty("epoch").GetString(), (await node.StatusAsync()).GetProperty("epoch").GetString());
        Assert.Equal(workers, await node.CountAsync("worker"));
    }

    [Fact]
    public async Task A_backup_holds_no_key_and_is_restored_only_beside_a_configuration()
    {
        using var folder = new TestFolder();
        await using var node = await NodeProcess.CreateAsync(folder.In("n"), "zhaotong");
        await ExchangeProgram.JsonAsync("store", "backup", "--data", node.Data, "--to", folder.In("backup"));

        var result = await ExchangeProgram.RunAsync(
            "store", "restore", "--from", folder.In("backup"), "--data", folder.In("empty"));

        Assert.Equal(3, result.ExitCode);
        Assert.Contains("keys", result.Error, StringComparison.Ordinal);
        Assert.All(
            Directory.GetFiles(folder.In("n/keys")).Select(File.ReadAllBytes),
            key => Assert.Empty(folder.FilesWith("backup", key)));
    }

    [Fact]
    public async Task After_a_restore_partners_bring_back_what_the_backup_does_not_have()
    {
        await using var nodes = await TwoNodes.CreateAsync("province");
        await TwoNodes.GenerateAsync(nodes.Caller, "--workers", 100);
        await nodes.SyncAsync();
        var backup = nodes.Folder.In("backup");
        await ExchangeProgram.JsonAsync("store", "backup", "--data", nodes.Answerer.Data, "--to", backup);
        await TwoNodes.GenerateAsync(nodes.Caller, "--workers", 150, seed: 2);
        await nodes.SyncAsync();
        var workers = await nodes.Answerer.CountAsync("worker");

        await nodes.Answerer.StopAsync();
        Directory.Delete(Path.Combine(nodes.Answerer.Data, "store"), recursive: true);
        await ExchangeProgram.JsonAsync("store", "restore", "--from", backup, "--data", nodes.Answerer.Data);
        await nodes.Answerer.StartAsync();
        var restored = await nodes.Answerer.CountAsync("worker");
        nodes.Line.Target = nodes.Answerer.Address;
        await nodes.SyncAsync();

        Assert.Equal(100, restored);
        Assert.Equal(workers, await nodes.Answerer.CountAsync("worker"));
    }

    [LongFact]
    public async Task A_store_that_was_copied_goes_on_in_place_of_the_old_one_and_the_partner_notices_nothing()
    {
        await using var nodes = await TwoNodes.CreateAsync("province");
        await TwoNodes.GenerateAsync(nodes.Caller, "--workers", 100);
        await nodes.SyncAsync();
        var epoch = (await nodes.Caller.StatusAsync()).GetProperty("epoch").GetString();
        var (store, copied) = (Path.Combine(nodes.Caller.Data, "store"), nodes.Folder.In("copied"));
        var running = await ExchangeProgram.RunAsync("store", "copy", "--data", nodes.Caller.Data, "--to", copied);
        await nodes.Caller.StopAsync();

        var copy = await ExchangeProgram.JsonAsync("store", "copy", "--data", nodes.Caller.Data, "--to", copied);
        var old = await ExchangeProgram.RunAsync("serve", "--data", nodes.Caller.Data);
        Directory.Move(store, nodes.Folder.In("old"));
        Directory.Move(copied, store);
        await nodes.Caller.StartAsync();
        var session = await nodes.SyncAsync();

        Assert.Equal(1, running.ExitCode);
        Assert.Contains("in use", running.Error, StringComparison.Ordinal);
        Assert.NotEqual(0, old.ExitCode);
        Assert.Contains("is a backup of", old.Error, StringComparison.Ordinal);
        Assert.Equal(100, copy.GetProperty("records").GetProperty("worker").GetInt64());
        Assert.Equal(64, copy.GetProperty("digest").GetString()!.Length);
        Assert.Equal(epoch, (await nodes.Caller.StatusAsync()).GetProperty("epoch").GetString());
        Assert.Equal((0, 0), (session.GetProperty("sent").GetInt64(), session.GetProperty("returned").GetInt64()));
        Assert.Equal(100, await nodes.Answerer.CountAsync("worker"));
    }
}
