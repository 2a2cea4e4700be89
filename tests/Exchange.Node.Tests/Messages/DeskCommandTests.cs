using System.Text.Json;
using Exchange.Cli;
using Exchange.Node.Tests.Cli;
using Exchange.Node.Tests.Money;
using Exchange.Node.Tests.Records;
using Exchange.Testing;
using Xunit;

namespace Exchange.Node.Tests.Messages;

/// <summary>What a desk does with a new vacancy, by commands on a node that runs.</summary>
public sealed class DeskCommandTests : IAsyncLifetime
{
    private TestNode _node = null!;
    private string _vacancy = "";
    private string _worker = "";

    public async Task InitializeAsync()
    {
        _node = await TestNode.StartAsync("zhaotong");
        var put = new PlacedWorker(_node);
        _vacancy = await put.PutVacancyAsync();
        _worker = await put.PutWorkerAsync(worker => worker.Willingness = Samples.Worker().Willingness);
    }

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task A_digest_goes_to_the_gateway_and_the_answer_comes_back()
    {
        var digest = await RunAsync("digest", _vacancy, "--channel", "sms", "--worker", _worker);
        var message = Json(await RunAsync(
            "outbox", "collect", "--channel", "sms", "--unmask-purpose", "SMS gateway", "--json"));
        var id = message.GetProperty("messageId").GetString()!;
        var reply = Json(await RunAsync("outbox", "reply", id, "1", "--json"));
        await RunAsync("outbox", "settle", id);
        var rest = await RunAsync("outbox", "collect", "--channel", "sms", "--unmask-purpose", "SMS gateway");

        Assert.EndsWith("1 messages were written.\n", digest, StringComparison.Ordinal);
        Assert.Equal("13812345678", message.GetProperty("phone").GetString());
        Assert.Equal("CONTACT_OUTCOME_WILLING", reply.GetProperty("meaning").GetString());
        Assert.Empty(rest);
    }

    [Fact]
    public async Task An_answer_that_is_not_understood_exits_with_1()
    {
        await RunAsync("digest", _vacancy, "--channel", "sms", "--worker", _worker);
        var message = Json(await RunAsync(
            "outbox", "collect", "--channel", "sms", "--unmask-purpose", "SMS gateway", "--json"));
        var run = new CommandRun { Node = _node.Channel };

        Assert.Equal(
            ExitCode.Failed,
            await run.RunAsync("outbox", "reply", message.GetProperty("messageId").GetString()!, "几点上车"));
        Assert.NotEmpty(run.Output);
    }

    [Fact]
    public async Task Vacancy_and_worker_are_proposed_to_each_other_and_the_gap_is_told()
    {
        var workers = await RunAsync("match", "vacancy", _vacancy);
        var vacancies = await RunAsync("match", "worker", _worker);
        var gap = await RunAsync("match", "gap");

        Assert.StartsWith($"{_worker} 王**", workers, StringComparison.Ordinal);
        Assert.StartsWith($"{_vacancy} 制鞋工", vacancies, StringComparison.Ordinal);
        Assert.NotEmpty(gap);
        Assert.DoesNotContain("小明", workers + vacancies + gap, StringComparison.Ordinal);
    }

    private static JsonElement Json(string output) => JsonDocument.Parse(output).RootElement;

    private async Task<string> RunAsync(params string[] arguments)
    {
        var run = new CommandRun { Node = _node.Channel };
        var exit = await run.RunAsync(arguments);
        Assert.True(exit == ExitCode.Ok, run.Error);
        return run.Output;
    }
}
