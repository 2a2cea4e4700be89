using System.Text.Json;
using Exchange.Cli;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Cli;

/// <summary><c>exchange match</c></summary>
public sealed class MatchCommandTests
{
    private const string Id = "019a0000-0000-7000-8000-0000000000aa";

    [Fact]
    public async Task Each_proposal_is_printed_with_its_reasons()
    {
        var run = new CommandRun { Node = Node() };

        var exit = await run.RunAsync("match", "vacancy", Id, "--worker", Id);

        Assert.Equal(ExitCode.Ok, exit);
        Assert.Equal(
            $"{Id} 王**: not suited\n    x 未满16周岁 (is under 16)\n0 suit on 2026-03-01.\n", run.Output);
    }

    [Fact]
    public async Task What_suits_a_worker_comes_as_json_too()
    {
        var run = new CommandRun { Node = Node() };

        await run.RunAsync("match", "worker", Id, "--json");

        var match = JsonDocument.Parse(run.Output).RootElement.GetProperty("matches")[0];
        Assert.Equal("制鞋工", match.GetProperty("title").GetString());
    }

    private static FakeNode Node() => new FakeNode()
        .On<MatchVacancyRequest>("MatchVacancy", request => new MatchVacancyResponse
        {
            Day = new Google.Type.Date { Year = 2026, Month = 3, Day = 1 },
            Matches =
            {
                new WorkerMatch { WorkerId = request.WorkerIds[0], Name = "王**", Reasons = { Young() } },
            },
        })
        .On<MatchWorkerRequest>("MatchWorker", _ => new MatchWorkerResponse
        {
            Matches = { new VacancyMatch { VacancyId = Id, Title = "制鞋工", Score = 30 } },
        });

    private static MatchReason Young() => new()
    {
        Type = MatchReasonType.Under16,
        Effect = MatchEffect.Excludes,
        WordsZh = "未满16周岁",
        WordsEn = "is under 16",
    };
}
