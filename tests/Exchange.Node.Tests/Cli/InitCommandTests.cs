using Exchange.Cli;
using Exchange.Testing;
using Xunit;

namespace Exchange.Node.Tests.Cli;

/// <summary><c>exchange init</c></summary>
public sealed class InitCommandTests
{
    [Theory]
    [InlineData("--mode live", "--mode needs a partner: name it with --peer.")]
    [InlineData(
        "--peer dongguan --mode live",
        "Mode live needs --peer-address: this node calls the partner.")]
    public async Task Options_of_a_partner_that_do_not_fit_together_are_explained(string options, string expected)
    {
        using var directory = new TemporaryDirectory();
        var run = new CommandRun();
        var data = Path.Combine(directory.Path, "n");

        var exit = await run.RunAsync([.. $"init --id zhaotong --data {data} {options}".Split(' ')]);

        Assert.Equal(ExitCode.Usage, exit);
        Assert.Equal(expected + "\n", run.Error);
        Assert.False(Directory.Exists(data));
    }

    [Fact]
    public async Task Every_mistake_in_the_node_itself_is_named_at_once_and_nothing_is_made()
    {
        using var directory = new TemporaryDirectory();
        var run = new CommandRun();
        var data = Path.Combine(directory.Path, "n");

        var exit = await run.RunAsync(
            "init", "--id", "Zhao Tong", "--listen", "http://0.0.0.0:1", "--engine", "papyrus", "--data", data);

        Assert.Equal(ExitCode.Usage, exit);
        Assert.All(
            new[] { "Node:Id", "Listen:Address", "Store:Engine" },
            mistake => Assert.Contains(mistake, run.Error, StringComparison.Ordinal));
        Assert.False(Directory.Exists(data));
    }

    [Fact]
    public async Task A_partner_can_be_named_before_anything_is_agreed()
    {
        using var directory = new TemporaryDirectory();
        var data = Path.Combine(directory.Path, "n");
        var run = new CommandRun();

        var exit = await run.RunAsync("init", "--id", "zhaotong", "--data", data, "--peer", "dongguan");

        Assert.Equal(ExitCode.Ok, exit);
        Assert.Contains("exchange agreement propose", run.Output, StringComparison.Ordinal);
        Assert.Contains(
            "\"Node\": \"dongguan\"", await File.ReadAllTextAsync(Path.Combine(data, "exchange.json")), StringComparison.Ordinal);
    }
}
