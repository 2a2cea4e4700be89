using Exchange.Testing;
using Exchange.V1;
using Grpc.Core;
using Xunit;
using Event = Exchange.V1.WatchVacanciesResponse.EventOneofCase;

namespace Exchange.Node.Tests.Services;

public sealed class WatchVacanciesTests : IAsyncLifetime
{
    private TestNode _node = null!;

    public async Task InitializeAsync() => _node = await TestNode.StartAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task A_watch_sends_the_snapshot_its_end_and_then_changes()
    {
        await _node.PublishAsync(VacancySamples.Item(1, "a", VacancySamples.Sample()));
        using var watch = _node.Vacancies.WatchVacancies(new WatchVacanciesRequest());

        Assert.Equal("普工", (await watch.NextAsync()).Vacancy.Vacancy.Title);
        Assert.Equal(Event.SnapshotEnd, (await watch.NextAsync()).EventCase);

        await _node.PublishAsync(VacancySamples.Item(2, "b", VacancySamples.Sample("电工")));
        Assert.Equal("电工", (await watch.NextAsync()).Vacancy.Vacancy.Title);
    }

    [Fact]
    public async Task An_empty_node_sends_the_end_of_the_snapshot_at_once()
    {
        using var watch = _node.Vacancies.WatchVacancies(new WatchVacanciesRequest());

        Assert.Equal(Event.SnapshotEnd, (await watch.NextAsync()).EventCase);
    }

    [Fact]
    public async Task A_vacancy_that_stops_matching_is_removed_live_and_one_that_never_matched_is_not()
    {
        var filter = new VacancyFilter { DivisionCode = "4419" };
        await _node.PublishAsync(VacancySamples.Item(1, "a", VacancySamples.Sample(division: "441900118")));
        using var watch = _node.Vacancies.WatchVacancies(new WatchVacanciesRequest { Filter = filter });
        var id = (await watch.NextAsync()).Vacancy.Id;
        await watch.NextAsync();

        await _node.PublishAsync(
            VacancySamples.Item(2, "elsewhere", VacancySamples.Sample(division: "442000001")),
            VacancySamples.Item(3, "a", VacancySamples.Sample(division: "442000001")));

        var step = await watch.NextAsync();
        Assert.Equal(Event.Removed, step.EventCase);
        Assert.Equal(id, step.Removed.Id);
    }

    [Fact]
    public async Task After_a_resume_every_changed_vacancy_that_does_not_match_is_removed()
    {
        var filter = new VacancyFilter { DivisionCode = "4419" };
        await _node.PublishAsync(VacancySamples.Item(1, "a", VacancySamples.Sample()));
        var token = await TokenAtSnapshotEndAsync(filter);
        await _node.PublishAsync(
            VacancySamples.Item(2, "a", VacancySamples.Sample(division: "442000001")),
            VacancySamples.Item(3, "b", VacancySamples.Sample("电工")));

        using var watch = _node.Vacancies.WatchVacancies(
            new WatchVacanciesRequest { Filter = filter, ResumeToken = token });
        var first = await watch.NextAsync();
        var second = await watch.NextAsync();

        Assert.Equal((Event.Removed, Event.Vacancy), (first.EventCase, second.EventCase));
        Assert.Equal("电工", second.Vacancy.Vacancy.Title);
    }

    [Fact]
    public async Task A_watch_cut_within_its_snapshot_resumes_there_and_still_tells_its_end()
    {
        await _node.PublishAsync([.. Enumerable.Range(1, 20).Select(n =>
            VacancySamples.Item((ulong)n, $"{n}", VacancySamples.Sample($"岗位 {n}")))]);
        string token;
        using (var cut = _node.Vacancies.WatchVacancies(new WatchVacanciesRequest()))
        {
            await cut.NextAsync();
            token = (await cut.NextAsync()).ResumeToken;
        }

        using var watch = _node.Vacancies.WatchVacancies(new WatchVacanciesRequest { ResumeToken = token });
        var titles = new List<string>();
        for (var step = await watch.NextAsync(); step.EventCase != Event.SnapshotEnd; step = await watch.NextAsync())
        {
            titles.Add(step.Vacancy.Vacancy.Title);
        }

        Assert.Equal(Enumerable.Range(3, 18).Select(n => $"岗位 {n}"), titles);
    }

    [Fact]
    public async Task A_token_of_another_node_is_out_of_range()
    {
        string foreign;
        await using (var other = await TestNode.StartAsync("zhongshan"))
        {
            using var watch = other.Vacancies.WatchVacancies(new WatchVacanciesRequest());
            foreign = (await watch.NextAsync()).ResumeToken;
        }

        using var refused = _node.Vacancies.WatchVacancies(new WatchVacanciesRequest { ResumeToken = foreign });
        var error = await Assert.ThrowsAsync<RpcException>(() => refused.NextAsync());

        Assert.Equal(StatusCode.OutOfRange, error.StatusCode);
        Assert.Equal("ERROR_REASON_RESUME_TOKEN_FOREIGN", error.Reason());
    }

    [Fact]
    public async Task A_token_that_was_never_given_is_invalid()
    {
        using var watch = _node.Vacancies.WatchVacancies(new WatchVacanciesRequest { ResumeToken = "nonsense" });

        var error = await Assert.ThrowsAsync<RpcException>(() => watch.NextAsync());

        Assert.Equal("ERROR_REASON_RESUME_TOKEN_INVALID", error.Reason());
    }

    [Fact]
    public async Task A_stopping_node_tells_watchers_to_reconnect()
    {
        await using var node = await TestNode.StartAsync();
        using var watch = node.Vacancies.WatchVacancies(new WatchVacanciesRequest());
        await watch.NextAsync();

        var ended = Assert.ThrowsAsync<RpcException>(() => watch.NextAsync());
        node.BeginStop();

        var error = await ended;
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.Equal("ERROR_REASON_NODE_STOPPING", error.Reason());
    }

    private async Task<string> TokenAtSnapshotEndAsync(VacancyFilter filter)
    {
        using var watch = _node.Vacancies.WatchVacancies(new WatchVacanciesRequest { Filter = filter });
        WatchVacanciesResponse step;
        do
        {
            step = await watch.NextAsync();
        }
        while (step.EventCase != Event.SnapshotEnd);

        return step.ResumeToken;
    }
}
