using System.Diagnostics;
using Xunit;

namespace Exchange.EndToEnd.Tests;

/// <summary><c>exchange publish</c> and <c>exchange watch</c> against a real node.</summary>
public sealed class PublishTests
{
    private const int Vacancies = 4000;

    // What the line carries before it stands still: some of the vacancies, and far from all.
    private const int Some = 300_000;

    [Fact]
    public async Task A_publisher_that_was_killed_goes_on_when_the_command_is_repeated()
    {
        using var folder = new TestFolder();
        await using var node = await NodeProcess.CreateAsync(folder.In("n"), "dongguan");
        await using var line = new Line { Target = node.Address };
        var file = await FileAsync(folder);
        using (var killed = await PublishSomeAsync(line, node, file))
        {
            killed.Kill();
        }

        line.GoOn();
        using var again = Publish(line, node, file);
        var result = await ExchangeProgram.EndAsync(again);

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(Vacancies, result.Json.GetProperty("accepted").GetInt64());
        Assert.True(result.Json.GetProperty("before").GetInt64() > 0);
        Assert.Equal(Vacancies, await node.CountAsync("vacancy"));
    }

    [Fact]
    public async Task A_publisher_outlives_its_node_and_nothing_is_written_twice()
    {
        using var folder = new TestFolder();
        await using var node = await NodeProcess.CreateAsync(folder.In("n"), "dongguan");
        await using var line = new Line { Target = node.Address };
        var file = await FileAsync(folder);
        using var publisher = await PublishSomeAsync(line, node, file);

        await node.KillAsync();
        await node.StartAsync();
        line.Target = node.Address;
        line.GoOn();

        var result = await ExchangeProgram.EndAsync(publisher);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(Vacancies, result.Json.GetProperty("accepted").GetInt64());
        Assert.Equal(Vacancies, await node.CountAsync("vacancy"));
    }

    [Fact]
    public async Task A_watch_goes_on_from_its_resume_file()
    {
        using var folder = new TestFolder();
        await using var node = await NodeProcess.CreateAsync(folder.In("n"), "dongguan");
        await TwoNodes.GenerateAsync(node, "--vacancies", 30);
        string[] watch = ["watch", "vacancies", "--data", node.Data, "--resume-file", folder.In("token"), "--count"];

        var first = await ExchangeProgram.RunAsync([.. watch, "10"]);
        var second = await ExchangeProgram.RunAsync([.. watch, "20"]);
        await TwoNodes.GenerateAsync(node, "--vacancies", 5, seed: 2);
        var third = await ExchangeProgram.RunAsync([.. watch, "5"]);

        var seen = new[] { first, second, third }.SelectMany(IdsIn).ToList();
        Assert.Equal(35, seen.Count);
        Assert.Equal(35, seen.Distinct().Count());
    }

    private static IEnumerable<string> IdsIn(CommandResult result) =>
        result.Output.Split('\n').Where(line => line.StartsWith('+')).Select(line => line.Split(' ')[2]);

    private static async Task<string> FileAsync(TestFolder folder)
    {
        await ExchangeProgram.JsonAsync("generate", "--vacancies", $"{Vacancies}", "--out", folder.In("files"));
        return folder.In("files/vacancies.csv");
    }

    // The publisher is in the middle: some vacancies are accepted, and the others can't come before the line goes on.
    private static async Task<Process> PublishSomeAsync(Line line, NodeProcess node, string file)
    {
        var reached = line.StandStillAfterAsync(Some);
        var publisher = Publish(line, node, file);
        await reached.WaitAsync(ExchangeProgram.Patience);
        while (await node.CountAsync("vacancy") == 0)
        {
            Assert.False(publisher.HasExited);
        }

        return publisher;
    }

    private static Process Publish(Line line, NodeProcess node, string file) =>
        ExchangeProgram.Start(
            "publish", file, "--profile", "exchange-vacancies", "--node", line.Address, "--data", node.Data, "--json");
}
