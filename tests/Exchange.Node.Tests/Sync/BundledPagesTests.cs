using Exchange.Node.Bundles;
using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>
/// What no cursor acknowledges and left in a bundle: an answer confirms it, and without one it is sent again. Told for
/// each place from which a page can come.
/// </summary>
public sealed class BundledPagesTests : FlowTests
{
    private const int Vacancies = 1200;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_wider_agreement_adds_goes_in_a_bundle(bool arrives)
    {
        await WidenAsync(Vacancies);

        var batches = await TakeAlongAsync(1);
        await ArriveAsync(arrives, 1, batches);

        Assert.Equal(Vacancies, batches.Changes().Count);
        Assert.Equal(arrives ? 0 : Vacancies, (await PassBackAsync()).Changes().Count);
        Assert.Equal(Vacancies, (await Region.Store.GetStatusAsync(default)).Kinds["vacancy"].Live);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_waits_in_the_queue_goes_in_a_bundle(bool arrives)
    {
        var key = await City.PutAsync(People.Vacancy(1));
        await PassBackAsync();
        await City.DeleteAsync(key);

        var batches = await TakeAlongAsync(1);
        Assert.Equal(1ul, await OpenAsync());
        await ArriveAsync(arrives, 1, batches);

        Assert.Equal(arrives ? 0ul : 1ul, await OpenAsync());
        Assert.Equal(arrives, (await PassBackAsync()).Changes().Count == 0);
        Assert.Equal(0ul, await OpenAsync());
        Assert.Null(await Region.FindAsync(key));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_deleted_without_a_trace_meanwhile_goes_in_a_bundle(bool arrives)
    {
        var gone = await City.PutAsync(People.Vacancy(1));
        await PassBackAsync();
        await City.DeleteAsync(gone);
        await DropAllAsync(ReprojectionQueue.Collection(Region.Id));
        var head = (await City.Store.GetStatusAsync(default)).Head;
        await City.Store.PurgeAsync(head, Time.GetUtcNow().AddDays(1), default);

        var batches = await TakeAlongAsync(1);
        await ArriveAsync(arrives, 1, batches);

        Assert.Equal(gone.Id.ToString(), Assert.Single(batches.Changes()).Removal.Id);
        Assert.Equal(arrives ? 0 : 1, (await PassBackAsync()).Changes().Count);
        Assert.Equal(0ul, await OpenAsync());
        Assert.Null(await Region.FindAsync(gone));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_repair_that_waits_goes_in_a_bundle(bool arrives)
    {
        var key = await City.PutAsync(People.Vacancy(1));
        await PassBackAsync();
        var row = (await DisclosureRegister.FindAsync(City.Store, Region.Id, [RecordKeyBytes.Of(key)], default))[0]!;
        var repair = RepairQueue.Add(
            Region.Id, RecordKeyBytes.Of(key), new HeldView(row.Version, row.Revision));
        await City.Store.CommitAsync(new Commit { Entries = [repair] }, default);

        var batches = await TakeAlongAsync(1);
        await ArriveAsync(arrives, 1, batches);

        Assert.Equal(row.Revision + 1, Assert.Single(batches.Changes()).Record.Projection.Revision);
        Assert.Equal(arrives ? 0 : 1, (await PassBackAsync()).Changes().Count);
    }

    [Fact]
    public async Task The_deadline_of_a_retraction_outlives_a_bundle_that_was_lost()
    {
        var person = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        await Region.ReferAsync(person, City.Id);
        await PassAsync();
        await Region.Erasure.EraseAsync(person.Id, "request", TimeSpan.FromDays(15), withHouseholds: false, default);
        var lost = await TakeAlongAsync(Region, City, 1);

        var again = await PassAsync();

        var deadline = lost.Changes().First(change => change.Removal?.Kind == "worker").Removal.DeliverByTime;
        Assert.NotNull(deadline);
        Assert.Equal(
            deadline, again.Changes().First(change => change.Removal?.Kind == "worker").Removal.DeliverByTime);
    }

    [Fact]
    public async Task An_answer_to_another_bundle_confirms_nothing_that_left_out_of_turn()
    {
        await WidenAsync(Vacancies);
        var batches = await TakeAlongAsync(2);

        await ArriveAsync(true, 1, batches);

        Assert.Equal(Vacancies, (await PassBackAsync()).Changes().Count);
    }

    [Fact]
    public async Task A_repeated_answer_says_nothing_new()
    {
        await WidenAsync(Vacancies);
        var batches = await TakeAlongAsync(1);
        var to = await ApplyAsync(batches);
        var source = City.Flows(Agreement).Source(Region.Id);

        Assert.True(await source.ConfirmBundleAsync(1, to, new SyncAck(), default));
        Assert.False(await source.ConfirmBundleAsync(1, to, new SyncAck(), default));
    }

    private Task<List<SyncBatch>> TakeAlongAsync(ulong number) => TakeAlongAsync(City, Region, number);

    // What an export does.
    private async Task<List<SyncBatch>> TakeAlongAsync(FlowNode giver, FlowNode taker, ulong number)
    {
        var source = giver.Flows(Agreement).Source(taker.Id);
        var batches = new List<SyncBatch>();
        var cursor = await source.BeginBundleAsync(fromStart: false, default);
        while (true)
        {
            var page = await source.ReadAsync(cursor, default);
            if (page.IsOutOfTurn && !page.IsNothing)
            {
                await source.TakeAlongAsync(number, page, default);
            }

            batches.Add(FlowPass.ToBatch(page));
            cursor = page.To;
            if (page.AtHead)
            {
                return batches;
            }
        }
    }

    private async Task ArriveAsync(bool arrives, ulong number, List<SyncBatch> batches)
    {
        if (arrives)
        {
            var to = await ApplyAsync(batches);
            await City.Flows(Agreement).Source(Region.Id).ConfirmBundleAsync(number, to, new SyncAck(), default);
        }
    }

    // What an import does.
    private async Task<FeedCursor> ApplyAsync(List<SyncBatch> batches)
    {
        var sink = Region.Flows(Agreement).Sink(City.Id);
        var taken = new BundleTaken(sink, await sink.AppliedAsync(default), City.Store.Epoch.ToString());
        foreach (var batch in batches)
        {
            await taken.ApplyAsync(batch);
        }

        return taken.At;
    }

    private async Task DropAllAsync(string collection)
    {
        var entries = await City.Store.ReadEntriesAsync(collection, default, default, 1000, default);
        await City.Store.CommitAsync(
            new Commit { Entries = [.. entries.Select(entry => EntryWrite.Delete(collection, entry.Key))] }, default);
    }

    private async Task<ulong> OpenAsync() =>
        (await City.Flows(Agreement).StatusAsync(Region.Id, default)).Retractions.Open;
}
