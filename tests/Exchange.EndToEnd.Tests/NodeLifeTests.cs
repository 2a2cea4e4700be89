using Xunit;

namespace Exchange.EndToEnd.Tests;

/// <summary>Starting, stopping, and what a node refuses to start with.</summary>
public sealed class NodeLifeTests
{
    [Fact]
    public async Task A_node_serves_until_it_is_asked_to_stop_and_then_exits_0()
    {
        using var folder = new TestFolder();
        await using var node = await NodeProcess.CreateAsync(folder.In("n"), "zhaotong");
        var status = await node.StatusAsync();

        var exit = await node.StopAsync();

        Assert.Equal("SERVING", status.GetProperty("health").GetString());
        Assert.Equal(0, exit);
        Assert.False(File.Exists(folder.In("n/run/address")));
        Assert.Equal(5, (await ExchangeProgram.RunAsync("status", "--data", node.Data)).ExitCode);
    }

    [Fact]
    public async Task A_stop_ends_open_watches_and_they_resume_after_the_restart()
    {
        using var folder = new TestFolder();
        await using var node = await NodeProcess.CreateAsync(folder.In("n"), "dongguan");
        await using var line = new Line { Target = node.Address };
        await TwoNodes.GenerateAsync(node, "--vacancies", 5);
        using var watch = ExchangeProgram.Start(
            "watch", "vacancies", "--node", line.Address, "--data", node.Data, "--count", "10");
        for (var told = ""; !told!.StartsWith('='); told = await watch.StandardOutput.ReadLineAsync())
        {
            Assert.NotNull(told);
        }

        Assert.Equal(0, await node.StopAsync());
        await node.StartAsync();
        line.Target = node.Address;
        await TwoNodes.GenerateAsync(node, "--vacancies", 5, seed: 2);

        Assert.Equal(0, (await ExchangeProgram.EndAsync(watch)).ExitCode);
    }

    [Fact]
    public async Task A_second_process_over_the_same_directory_is_refused()
    {
        using var folder = new TestFolder();
        await using var node = await NodeProcess.CreateAsync(folder.In("n"), "zhaotong");

        var second = await ExchangeProgram.RunAsync("serve", "--data", node.Data);

        Assert.Equal(1, second.ExitCode);
        Assert.Contains("in use by another process", second.Error, StringComparison.Ordinal);
        Assert.Equal("SERVING", (await node.StatusAsync()).GetProperty("health").GetString());
    }

    [Fact]
    public async Task Every_mistake_of_a_configuration_is_named_at_once()
    {
        using var folder = new TestFolder();
        await ExchangeProgram.JsonAsync("init", "--data", folder.In("n"), "--id", "zhaotong");
        await File.WriteAllTextAsync(
            folder.In("n/exchange.json"),
            """
            {
              "Node": { "Id": "Zhao Tong" },
              "Listen": { "Address": "http://0.0.0.0:7070", "StopTimeout": "01:00:00" },
              "Store": { "Engine": "papyrus" },
              "Log": { "KeepDays": 0 },
              "Sync": { "Peers": [ { "Node": "dongguan", "Mode": "nightly" } ] }
            }
            """);

        var result = await ExchangeProgram.RunAsync("serve", "--data", folder.In("n"));

        Assert.Equal(2, result.ExitCode);
        string[] mistakes =
        [
            "Node:Id", "Listen:Address", "Listen:StopTimeout", "Store:Engine", "Log:KeepDays", "Sync:Peers:0",
        ];
        Assert.All(mistakes, mistake => Assert.Contains(mistake, result.Error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Plain_http_beyond_loopback_is_refused_when_a_node_is_made_and_when_it_starts()
    {
        using var folder = new TestFolder();

        var made = await ExchangeProgram.RunAsync(
            "init", "--data", folder.In("n"), "--id", "zhaotong", "--listen", "http://0.0.0.0:7070");

        Assert.Equal(2, made.ExitCode);
        Assert.Contains("https", made.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.In("n")));
    }

    [Fact]
    public async Task A_directory_is_made_into_a_node_only_once()
    {
        using var folder = new TestFolder();
        await ExchangeProgram.JsonAsync("init", "--data", folder.In("n"), "--id", "zhaotong");
        var configuration = await File.ReadAllTextAsync(folder.In("n/exchange.json"));

        var again = await ExchangeProgram.RunAsync("init", "--data", folder.In("n"), "--id", "dongguan");

        Assert.Equal(1, again.ExitCode);
        Assert.Equal(configuration, await File.ReadAllTextAsync(folder.In("n/exchange.json")));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        using var folder = new TestFolder();
        await using var first = await NodeProcess.CreateAsync(folder.In("a"), "zhaotong");
        await ExchangeProgram.JsonAsync(
            "init", "--data", folder.In("b"), "--id", "dongguan", "--listen", first.Address.ToString().TrimEnd('/'));

        var second = await ExchangeProgram.RunAsync("serve", "--data", folder.In("b"));

        Assert.Equal(1, second.ExitCode);
        Assert.Contains($"{first.Address.Port}", second.Error, StringComparison.Ordinal);
    }
}
