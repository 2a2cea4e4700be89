using Exchange.Cli;
using Exchange.Node.Agreements;
using Exchange.Node.Records;
using Exchange.Testing;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Cli;

/// <summary><c>exchange init</c></summary>
public sealed class InitCommandTests
{
    [Theory]
    [InlineData("--mode live", "--mode needs a partner: name it with --peer.")]
    [InlineData("--peer dongguan --profile city", "--profile needs --role: is this node the sending or the receiving "
        + "side?")]
    [InlineData("--peer dongguan --agreement a", "--agreement needs --digest-key: the key that came with it.")]
    [InlineData(
        "--peer dongguan --profile city --role sending --mode live",
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

    [Theory]
    [InlineData("sending", "zhaotong", "dongguan")]
    [InlineData("receiving", "dongguan", "zhaotong")]
    public async Task The_agreement_lets_workers_flow_from_the_sending_side_only(
        string role, string sender, string receiver)
    {
        using var directory = new TemporaryDirectory();
        var data = Path.Combine(directory.Path, "n");

        var exit = await new CommandRun().RunAsync(
            "init", "--id", "zhaotong", "--data", data, "--peer", "dongguan", "--profile", "city", "--role", role);

        Assert.Equal(ExitCode.Ok, exit);
        var terms = AgreementFile.Load(Path.Combine(data, "agreements", "dongguan.json"), new RecordKinds());
        var flow = Assert.Single(terms.Agreement.Flows, flow => flow.Kinds.Any(kind => kind.Kind == "worker"));
        Assert.Equal((sender, receiver), (flow.FromNode, flow.ToNode));
        Assert.Equal(Gate.NamedInPlacement, flow.Kinds.Single(kind => kind.Kind == "worker").Gate);
        Assert.Equal(32, Convert.FromBase64String(
            (await File.ReadAllTextAsync(Path.Combine(data, "keys", "dongguan.digest-key"))).Trim()).Length);
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
        Assert.DoesNotContain(
            "\"AgreementFile\"", await File.ReadAllTextAsync(Path.Combine(data, "exchange.json")), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.Combine(data, "agreements")));
    }

    [Fact]
    public async Task The_other_side_is_told_the_command_that_takes_the_agreement_over()
    {
        using var directory = new TemporaryDirectory();
        var run = new CommandRun();

        await run.RunAsync(
            "init", "--id", "zhaotong", "--data", Path.Combine(directory.Path, "n"),
            "--peer", "dongguan", "--peer-address", "http://127.0.0.1:7071", "--profile", "city", "--role", "sending");

        Assert.Contains(
            "exchange init --data DIR --id dongguan --peer zhaotong --mode passive --agreement FILE --digest-key FILE",
            run.Output,
            StringComparison.Ordinal);
    }
}
