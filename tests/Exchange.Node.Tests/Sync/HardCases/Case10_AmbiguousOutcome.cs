using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.Testing.Stores;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Xunit;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Tests.Sync.HardCases;

/// <summary>
/// Hard case 10: the answer is lost after the commit, and the caller repeats the request, the next night or a month
/// later. It gets the first answer, and nothing is there twice.
///
/// Guards: the answer is an entry of the item's own commit (<c>PutScope.AnswerEntry</c> in <c>RecordWriter</c>); the
/// fourth test takes it away, and a second vacancy appears. A batch that is repeated meets versions that aren't newer
/// (<c>Expectation.Newer</c> in <c>ChangeReader.ToPut</c>): with <c>Expectation.Anything</c> the last test applies twice.
/// </summary>
public sealed class Case10_AmbiguousOutcome : FlowTests
{
    private RecordBatch Batch => new(City.Store, City.Streams, Time);

    [Theory]
    [InlineData(1)]
    [InlineData(34)]
    public async Task The_same_request_nights_later_gets_the_first_answer_and_writes_nothing(int days)
    {
        await LoseTheAnswerAsync();
        Time.SetUtcNow(Time.GetUtcNow().AddDays(days));

        var again = await Batch.PutAsync(Request(), default);
        var third = await Batch.PutAsync(Request(), default);

        Assert.Null(again.Answers.Single().Error);
        Assert.Equal(again, third);
        Assert.Equal(1, await VacanciesAsync());
        Assert.NotNull(await City.FindAsync(new RecordKey("vacancy", Guid.Parse(again.Answers.Single().Id))));
    }

    [Fact]
    public async Task A_commit_that_failed_before_it_was_stored_is_done_by_the_repeat()
    {
        City.Store.Next = Fault.BeforeCommit;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Batch.PutAsync(Request(), default));

        Assert.Null((await Batch.PutAsync(Request(), default)).Answers.Single().Error);

        Assert.Equal(1, await VacanciesAsync());
    }

    [Fact]
    public async Task The_same_id_with_another_request_is_refused()
    {
        await LoseTheAnswerAsync();
        var other = Request();
        other.Items[0].Record.Payload = Any.Pack(People.Vacancy(2));

        await Assert.ThrowsAsync<RequestIdReusedException>(() => Batch.PutAsync(other, default));

        Assert.Equal(1, await VacanciesAsync());
    }

    [Fact]
    public async Task Without_the_answer_in_the_commit_the_repeat_would_write_a_second_vacancy()
    {
        City.Store.Forgets = PutScope.Answers;
        await LoseTheAnswerAsync();

        await Batch.PutAsync(Request(), default);

        Assert.Equal(2, await VacanciesAsync());
    }

    [Fact]
    public async Task A_batch_whose_acknowledgement_was_lost_is_taken_once()
    {
        await City.PutAsync(People.Vacancy(1));
        var source = City.Flows(Agreement).Source(Region.Id);
        var sink = Region.Flows(Agreement).Sink(City.Id);
        var start = FeedCursors.Within(City.Store.Epoch.ToString(), await sink.AppliedAsync(default));
        var batch = FlowPass.ToBatch(await source.ReadAsync(start, default));
        Region.Store.Next = Fault.AfterCommit;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => sink.ApplyAsync(batch, default));
        var head = (await Region.Store.GetStatusAsync(default)).Head;

        var ack = await Region.Flows(Agreement).Sink(City.Id).ApplyAsync(batch, default);

        Assert.Equal((0u, 1u, batch.To), (ack.AppliedCount, ack.SkippedCount, ack.Applied));
        Assert.Equal(head, (await Region.Store.GetStatusAsync(default)).Head);
        await PassBackAsync();
    }

    private async Task LoseTheAnswerAsync()
    {
        // The first commit claims the request id, the second is the vacancy's own: both answers are lost.
        for (var attempt = 0; attempt < 2; attempt++)
        {
            City.Store.Next = Fault.AfterCommit;
            await Assert.ThrowsAsync<StoreUnavailableException>(() => Batch.PutAsync(Request(), default));
        }

        Assert.Equal(1, await VacanciesAsync());
    }

    private async Task<long> VacanciesAsync() =>
        (await City.Store.GetStatusAsync(default)).Kinds.GetValueOrDefault("vacancy").Live;

    private static BatchPutRecordsRequest Request() => new()
    {
        RequestId = "night-1",
        Items =
        {
            new PutRecordItem
            {
                Number = 1,
                Record = new Record { Kind = "vacancy", Payload = Any.Pack(People.Vacancy(1)) },
            },
        },
    };
}
