using Exchange.Cli;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf;
using Grpc.Core;
using Xunit;

namespace Exchange.Node.Tests.Cli;

/// <summary><c>exchange watch</c></summary>
public sealed class WatchCommandTests
{
    [Fact]
    public async Task Watch_writes_records_removals_and_the_end_of_the_snapshot()
    {
        var node = new FakeNode().OnStream<WatchVacanciesRequest>("WatchVacancies", _ => new[]
        {
            Vacancy("t1", "制鞋工"),
            new WatchVacanciesResponse { ResumeToken = "t2", SnapshotEnd = new SnapshotEnd() },
            new WatchVacanciesResponse { ResumeToken = "t3", Bookmark = new Bookmark() },
            new WatchVacanciesResponse
            {
                ResumeToken = "t4",
                Removed = new RecordRemoved { Kind = "vacancy", Id = "v1" },
            },
        }.ToAsyncEnumerable());
        var run = new CommandRun { Node = node };

        var exit = await run.RunAsync("watch", "vacancies", "--count", "2");

        Assert.Equal(ExitCode.Ok, exit);
        Assert.Equal(
            """
            + vacancy v1 open 制鞋工 | 3 wanted | 某厂 | 东莞市
            = the snapshot is complete; changes follow
            - vacancy v1

            """,
            run.Output);
    }

    [Fact]
    public async Task Watch_writes_the_contracts_own_json_a_line_each()
    {
        var node = new FakeNode().OnStream<WatchVacanciesRequest>("WatchVacancies", _ => new[]
        {
            new WatchVacanciesResponse { ResumeToken = "t2", SnapshotEnd = new SnapshotEnd() },
        }.ToAsyncEnumerable());
        var run = new CommandRun { Node = node };

        await run.RunAsync("watch", "vacancies", "--once", "--json");

        Assert.Equal("""{ "resumeToken": "t2", "snapshotEnd": { } }""" + "\n", run.Output);
    }

    [Fact]
    public async Task Watch_resumes_by_itself_from_the_last_applied_token()
    {
        var tokens = new List<string>();
        var node = new FakeNode().OnStream<WatchVacanciesRequest>("WatchVacancies", request =>
        {
            tokens.Add(request.ResumeToken);
            return tokens.Count == 1 ? CutAfterAsync(Vacancy("t1", "一")) : CutAfterAsync(Vacancy("t2", "二"));
        });
        var time = new ManualTime();
        var run = new CommandRun { Node = node, Time = time };

        var running = run.RunAsync("watch", "vacancies", "--count", "2");
        await time.TimerArmedAsync();
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(ExitCode.Ok, await running);
        Assert.Equal(["", "t1"], tokens);
    }

    [Fact]
    public async Task Watch_keeps_the_token_after_a_change_was_written_and_begins_with_it_next_time()
    {
        using var directory = new TemporaryDirectory();
        var file = Path.Combine(directory.Path, "token");
        var tokens = new List<string>();
        var node = new FakeNode().OnStream<WatchVacanciesRequest>("WatchVacancies", request =>
        {
            tokens.Add(request.ResumeToken);
            return new IMessage[] { Vacancy("t1", "一"), Vacancy("t2", "二") }.ToAsyncEnumerable();
        });

        await new CommandRun { Node = node }.RunAsync("watch", "vacancies", "--count", "1", "--resume-file", file);
        await new CommandRun { Node = node }.RunAsync("watch", "vacancies", "--count", "2", "--resume-file", file);

        Assert.Equal(["", "t1"], tokens);
        Assert.Equal("t2\n", await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task Watch_with_a_token_of_another_history_is_refused_with_what_to_do()
    {
        var node = new FakeNode().OnStream<WatchRecordsRequest>("WatchRecords", _ => throw FakeNode.Failure(
            StatusCode.OutOfRange,
            "ERROR_REASON_RESUME_TOKEN_FOREIGN",
            "The resume token comes from another history."));
        var run = new CommandRun { Node = node };

        var exit = await run.RunAsync("watch", "records", "--kind", "worker");

        Assert.Equal(ExitCode.Refused, exit);
        Assert.Contains("ERROR_REASON_RESUME_TOKEN_FOREIGN", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_that_never_reached_a_node_gives_up_at_once()
    {
        var node = new FakeNode().OnStream<WatchPlacementsRequest>(
            "WatchPlacements", _ => throw new RpcException(new Status(StatusCode.Unavailable, "refused")));

        var exit = await new CommandRun { Node = node }.RunAsync("watch", "placements");

        Assert.Equal(ExitCode.Unreachable, exit);
    }

    [Fact]
    public async Task Watch_sends_the_filters_that_were_given()
    {
        VacancyFilter? filter = null;
        var node = new FakeNode().OnStream<WatchVacanciesRequest>("WatchVacancies", request =>
        {
            filter = request.Filter;
            var end = new WatchVacanciesResponse { SnapshotEnd = new SnapshotEnd() };
            return new IMessage[] { end }.ToAsyncEnumerable();
        });

        await new CommandRun { Node = node }.RunAsync(
            "watch", "vacancies", "--once", "--status", "open", "paused",
            "--division", "4419", "--reserved", "card-holder");

        Assert.Equal(
            new VacancyFilter
            {
                Statuses = { VacancyStatus.Open, VacancyStatus.Paused },
                DivisionCode = "4419",
                ReservedGroup = ReservedGroup.CardHolder,
            },
            filter);
    }

    private static WatchVacanciesResponse Vacancy(string token, string title) => new()
    {
        ResumeToken = token,
        Vacancy = new VacancyRecord
        {
            Id = "v1",
            Vacancy = new Vacancy
            {
                Title = title,
                Headcount = 3,
                EmployerName = "某厂",
                WorkPlace = new Place { Words = "东莞市" },
                Status = VacancyStatus.Open,
            },
        },
    };

    private static async IAsyncEnumerable<IMessage> CutAfterAsync(IMessage response)
    {
        yield return response;
        await Task.Yield();
        throw new RpcException(new Status(StatusCode.Unavailable, "cut"));
    }
}
