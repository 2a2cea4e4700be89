using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.Testing.Stores;
using Exchange.V1;
using Xunit;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Tests.Sync.HardCases;

/// <summary>
/// Hard case 1: many write while a session reads, and a place in the feed may be given out before what stands there can
/// be seen. No session ever moves a cursor past a record that it wasn't shown.
///
/// Guard: a page of the feed ends at the head as it was before the page was read (<c>EmbeddedStore.ReadFeedAsync</c>).
/// With the head of afterwards, what was committed in between is leapt over, as the second test and
/// <c>Exchange.Store.Tests/FeedHeadTests</c> see. The store's own guard, that positions are given out inside
/// the transaction, is held by the conformance suite (<c>Nobody_sees_a_position_before_the_one_in_front_of_it</c>).
/// </summary>
public sealed class Case01_ConcurrentWriters : FlowTests
{
    private const int Writers = 8;
    private const int Each = 250;

    [Fact]
    public async Task A_session_that_reads_while_many_write_leaps_over_nothing()
    {
        var model = (await City.FindAsync(await City.PutAsync(People.Vacancy(1))))!;
        var writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(() => WriteAsync(model))));

        while (!writing.IsCompleted)
        {
            await TakeAsync();
        }

        await writing;
        await TakeAsync();

        Assert.Equal((Writers * Each) + 1, await HeldAsync());
        await FlowPass.AssertSameAsync(
            City.Flows(Agreement).Source(Region.Id), Region.Flows(Agreement).Sink(City.Id));
    }

    [Fact]
    public async Task What_is_committed_while_a_page_is_read_comes_with_the_next_one()
    {
        const int Written = 20;
        var model = (await City.FindAsync(await City.PutAsync(People.Vacancy(1))))!;
        var (city, left) = ((FlowNode?)null, Written);
        Task WriteOneAsync() => city is null || left-- <= 0 ? Task.CompletedTask : StoreAsync(city, model);
        var store = await MeanwhileStore.OpenAsync(City.Id, Time, WriteOneAsync);
        var keys = (await RestorableStore.OpenAsync(City.Id, Time)).Store;
        await using var writing = city = FlowNode.Open(City.Id, Time, new FaultyStore(store), keys, [Agreement]);

        for (var nights = 0; nights == 0 || left > 0; nights++)
        {
            Assert.True(nights < Written, "Nothing is read any more.");
            await FlowPass.RunAsync(
                city, city.Flows(Agreement).Source(Region.Id), Region.Flows(Agreement).Sink(City.Id));
        }

        await FlowPass.RunAsync(city, Region, Agreement);
        Assert.Equal(Written, await HeldAsync());
    }

    [Fact]
    public async Task A_cursor_that_leapt_over_a_record_would_lose_it_and_the_digests_tell()
    {
        await City.PutAsync(People.Vacancy(1));
        var source = City.Flows(Agreement).Source(Region.Id);
        var sink = Region.Flows(Agreement).Sink(City.Id);
        var page = await source.ReadAsync(
            FeedCursors.Within(City.Store.Epoch.ToString(), await sink.AppliedAsync(default)), default);
        await City.PutAsync(People.Vacancy(2));
        var leapt = page with { To = new FeedCursor { Epoch = page.To.Epoch, Position = page.To.Position + 1 } };

        var ack = await sink.ApplyAsync(FlowPass.ToBatch(leapt), default);
        await source.ConfirmAsync(leapt, ack, default);
        await TakeAsync();

        Assert.Equal(1, await HeldAsync());
    }

    private Task<List<SyncBatch>> TakeAsync() => FlowPass.RunAsync(
        City, City.Flows(Agreement).Source(Region.Id), Region.Flows(Agreement).Sink(City.Id));

    private async Task<long> HeldAsync() =>
        (await Region.Store.GetStatusAsync(default)).Kinds.GetValueOrDefault("vacancy").Live;

    private async Task WriteAsync(Record model)
    {
        for (var i = 0; i < Each; i++)
        {
            await StoreAsync(City, model);
        }
    }

    private static Task StoreAsync(FlowNode node, Record model) =>
        node.StoreAsync(new RecordKey("vacancy", Guid.CreateVersion7()), model.Clone());
}
