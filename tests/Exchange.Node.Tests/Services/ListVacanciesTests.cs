using Exchange.Testing;
using Exchange.V1;
using Grpc.Core;
using Xunit;

namespace Exchange.Node.Tests.Services;

public sealed class ListVacanciesTests : IAsyncLifetime
{
    private TestNode _node = null!;

    public async Task InitializeAsync() => _node = await TestNode.StartAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task Pages_under_concurrent_writes_neither_miss_nor_repeat_what_stands_still()
    {
        await PublishManyAsync(first: 1, count: 50);
        var seen = new List<string>();
        var request = new ListVacanciesRequest { PageSize = 7 };
        do
        {
            var page = await _node.Vacancies.ListVacanciesAsync(request);
            seen.AddRange(page.Vacancies.Select(v => v.ExternalKey.SourceId));
            request.PageToken = page.NextPageToken;
            await PublishManyAsync(first: 1000 + seen.Count, count: 1);
        }
        while (request.PageToken.Length > 0 && seen.Count < 500);

        Assert.Equal(seen.Distinct().Count(), seen.Count);
        Assert.Empty(Enumerable.Range(1, 50).Select(n => $"{n}").Except(seen));
    }

    [Fact]
    public async Task Filters_narrow_by_place_pay_status_and_text()
    {
        await _node.PublishAsync(
            VacancySamples.Item(1, "a", VacancySamples.Sample("缝纫工")),
            VacancySamples.Item(2, "b", VacancySamples.Sample("缝纫工", division: "442000001")),
            VacancySamples.Item(3, "c", VacancySamples.Sample("电工")));

        Assert.Equal(["a"], await SourceIdsAsync(new VacancyFilter { DivisionCode = "4419", Text = "缝纫" }));
        Assert.Equal(["a", "b", "c"], await SourceIdsAsync(new VacancyFilter
        {
            MinPayMinor = 500_000,
            PayCurrency = "CNY",
            PayUnit = PayUnit.Month,
        }));
        Assert.Empty(await SourceIdsAsync(new VacancyFilter { Statuses = { VacancyStatus.Withdrawn } }));
    }

    [Fact]
    public async Task A_page_token_for_another_filter_is_refused()
    {
        await PublishManyAsync(first: 1, count: 3);
        var page = await _node.Vacancies.ListVacanciesAsync(new ListVacanciesRequest { PageSize = 1 });

        var error = await Assert.ThrowsAsync<RpcException>(async () => await _node.Vacancies.ListVacanciesAsync(
            new ListVacanciesRequest { PageToken = page.NextPageToken, Filter = new VacancyFilter { Text = "x" } }));

        Assert.Equal("ERROR_REASON_PAGE_TOKEN_INVALID", error.Reason());
    }

    [Fact]
    public async Task A_negative_page_size_is_refused()
    {
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
            await _node.Vacancies.ListVacanciesAsync(new ListVacanciesRequest { PageSize = -1 }));

        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Equal("page_size", error.Info().Metadata["field"]);
    }

    [Fact]
    public async Task An_unknown_vacancy_is_not_found()
    {
        var error = await Assert.ThrowsAsync<RpcException>(async () => await _node.Vacancies.GetVacancyAsync(
            new GetVacancyRequest { Id = "019aa2b4-5c6d-7e8f-9012-3456789abcde" }));

        Assert.Equal((StatusCode.NotFound, "ERROR_REASON_RECORD_NOT_FOUND"), (error.StatusCode, error.Reason()));
    }

    private async Task PublishManyAsync(int first, int count) =>
        await _node.PublishAsync([.. Enumerable.Range(first, count).Select(n =>
            VacancySamples.Item((ulong)n, $"{n}", VacancySamples.Sample($"岗位 {n}")))]);

    private async Task<IEnumerable<string>> SourceIdsAsync(VacancyFilter filter)
    {
        var page = await _node.Vacancies.ListVacanciesAsync(new ListVacanciesRequest { Filter = filter });
        return page.Vacancies.Select(v => v.ExternalKey.SourceId).Order();
    }
}
