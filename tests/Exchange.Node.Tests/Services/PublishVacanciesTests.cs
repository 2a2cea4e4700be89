using Exchange.Testing;
using Exchange.V1;
using Google.Rpc;
using Grpc.Core;
using Xunit;

namespace Exchange.Node.Tests.Services;

public sealed class PublishVacanciesTests : IAsyncLifetime
{
    private TestNode _node = null!;

    public async Task InitializeAsync() => _node = await TestNode.StartAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task Good_items_go_on_past_a_bad_one_and_answers_keep_the_order()
    {
        var bad = VacancySamples.Sample();
        bad.Title = "";
        bad.Pay.Currency = "";

        var (_, answers) = await _node.PublishAsync(
            VacancySamples.Item(1, "a", VacancySamples.Sample()),
            VacancySamples.Item(2, "b", bad),
            VacancySamples.Item(3, "c", VacancySamples.Sample()));

        Assert.Equal([1ul, 2, 3], answers.Select(answer => answer.Number));
        Assert.Null(answers[0].Error);
        Assert.True(answers[2].Created);
        var violations = answers[1].Error.Details.Single(detail => detail.Is(BadRequest.Descriptor)).Unpack<BadRequest>();
        Assert.Equal(["pay.currency", "title"], violations.FieldViolations.Select(v => v.Field).Order());
    }

    [Fact]
    public async Task A_reopened_stream_tells_the_last_number_and_repeats_answers()
    {
        var (_, first) = await _node.PublishAsync(VacancySamples.Item(1, "a", VacancySamples.Sample()));

        var (last, again) = await _node.PublishAsync(
            VacancySamples.Item(1, "a", VacancySamples.Sample()), VacancySamples.Item(2, "b", VacancySamples.Sample()));

        Assert.Equal(1ul, last);
        Assert.Equal(first[0], again[0]);
        Assert.True(again[1].Created);
    }

    [Fact]
    public async Task A_reopened_stream_goes_on_behind_what_has_no_gap()
    {
        var bad = VacancySamples.Sample();
        bad.Title = "";
        await _node.PublishAsync(
            VacancySamples.Item(1, "a", VacancySamples.Sample()),
            VacancySamples.Item(2, "b", bad),
            VacancySamples.Item(3, "c", VacancySamples.Sample()));

        var (last, answers) = await _node.PublishAsync(
            VacancySamples.Item(2, "b", VacancySamples.Sample()), VacancySamples.Item(3, "c", VacancySamples.Sample()));

        Assert.Equal(1ul, last);
        Assert.All(answers, answer => Assert.Null(answer.Error));
        Assert.Equal(3ul, (await _node.PublishAsync()).LastNumber);
    }

    [Fact]
    public async Task What_came_before_an_item_that_ends_the_call_is_answered_first()
    {
        using var call = _node.Vacancies.PublishVacancies();
        await call.RequestStream.WriteAsync(VacancySamples.Open());
        for (var number = 1ul; number <= 20; number++)
        {
            await call.RequestStream.WriteAsync(VacancySamples.Item(number, $"{number}", VacancySamples.Sample()));
        }

        await call.RequestStream.WriteAsync(VacancySamples.Item(0, "x", VacancySamples.Sample()));
        var answered = new List<ulong>();
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var response in call.ResponseStream.ReadAllAsync())
            {
                answered.Add(response.Answer?.Number ?? 0);
            }
        });

        Assert.Equal("ERROR_REASON_FIELD_INVALID", error.Reason());
        Assert.Equal(Enumerable.Range(0, 21).Select(number => (ulong)number), answered);
    }

    [Fact]
    public async Task An_external_key_that_is_too_long_in_bytes_is_an_error_of_its_item_alone()
    {
        var (_, answers) = await _node.PublishAsync(
            VacancySamples.Item(1, new string('岗', 200), VacancySamples.Sample()),
            VacancySamples.Item(2, "a\0b", VacancySamples.Sample()),
            VacancySamples.Item(3, new string('岗', 160), VacancySamples.Sample()));

        Assert.StartsWith("record.external_key.source_id:", answers[0].Error.Message, StringComparison.Ordinal);
        Assert.StartsWith("record.external_key.source_id:", answers[1].Error.Message, StringComparison.Ordinal);
        Assert.True(answers[2].Created);
    }

    [Fact]
    public async Task An_accepted_number_with_other_bytes_is_aborted()
    {
        await _node.PublishAsync(VacancySamples.Item(1, "a", VacancySamples.Sample()));

        var (_, answers) = await _node.PublishAsync(VacancySamples.Item(1, "a", VacancySamples.Sample("电工")));

        Assert.Equal((int)StatusCode.Aborted, answers[0].Error.Code);
        Assert.Equal("ERROR_REASON_ITEM_NUMBER_REUSED", answers[0].Error.Details[0].Unpack<ErrorInfo>().Reason);
    }

    [Fact]
    public async Task An_invalid_item_is_checked_again_when_it_is_sent_again()
    {
        var bad = VacancySamples.Sample();
        bad.Title = "";
        await _node.PublishAsync(VacancySamples.Item(1, "a", bad));

        var (last, answers) = await _node.PublishAsync(VacancySamples.Item(1, "a", VacancySamples.Sample()));

        Assert.Equal(0ul, last);
        Assert.Null(answers[0].Error);
    }

    [Fact]
    public async Task The_same_external_key_updates_the_same_vacancy()
    {
        var (_, answers) = await _node.PublishAsync(
            VacancySamples.Item(1, "a", VacancySamples.Sample()), VacancySamples.Item(2, "a", VacancySamples.Sample("电工")));

        Assert.Equal(answers[0].Id, answers[1].Id);
        Assert.False(answers[1].Created);
        var got = await _node.Vacancies.GetVacancyAsync(new GetVacancyRequest { Id = answers[0].Id });
        Assert.Equal("电工", got.Vacancy.Vacancy.Title);
    }

    [Fact]
    public async Task Opening_a_stream_again_fences_the_older_call()
    {
        using var older = _node.Vacancies.PublishVacancies();
        await older.RequestStream.WriteAsync(VacancySamples.Open());
        await older.ResponseStream.MoveNext(CancellationToken.None);
        await _node.PublishAsync(VacancySamples.Item(1, "a", VacancySamples.Sample()));

        await older.RequestStream.WriteAsync(VacancySamples.Item(2, "b", VacancySamples.Sample()));
        var error = await Assert.ThrowsAsync<RpcException>(() => older.ResponseStream.MoveNext(CancellationToken.None));

        Assert.Equal(StatusCode.Aborted, error.StatusCode);
        Assert.Equal("ERROR_REASON_STREAM_FENCED", error.Reason());
    }

    [Fact]
    public async Task An_item_before_open_is_refused()
    {
        using var call = _node.Vacancies.PublishVacancies();
        await call.RequestStream.WriteAsync(VacancySamples.Item(1, "a", VacancySamples.Sample()));

        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None));

        Assert.Equal("ERROR_REASON_STREAM_NOT_OPENED", error.Reason());
    }

    [Fact]
    public async Task A_thousand_items_are_all_there_once()
    {
        var items = Enumerable.Range(1, 1000)
            .Select(n => VacancySamples.Item((ulong)n, $"job-{n % 500}", VacancySamples.Sample($"岗位 {n}"))).ToArray();

        var (_, answers) = await _node.PublishAsync(items);

        Assert.All(answers, answer => Assert.Null(answer.Error));
        var all = await _node.Vacancies.ListVacanciesAsync(new ListVacanciesRequest { PageSize = 1000 });
        Assert.Equal(500, all.Vacancies.Count);
        Assert.All(all.Vacancies, v => Assert.True(int.Parse(v.Vacancy.Title[3..]) > 500, v.Vacancy.Title));
    }
}
