using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Sync.HardCases;

/// <summary>
/// A clock runs ahead and stamps records in the future. They wait with partners, and once the clock is mended the same
/// records come again under versions of the present.
///
/// Guards, tried by taking them away but for a few: what comes from a clock ahead waits (<c>ChangeReader.CheckClock</c>);
/// a version that lies in the future gives way, and no other one (<c>IncomingBatch.Sum</c>); mending begins an epoch,
/// stamps only own records, in their order, and does nothing without need (<c>ClockRepair</c>).
/// </summary>
public sealed class Case11_ClockSkew : FlowTests
{
    [Fact]
    public async Task What_waited_for_a_clock_that_ran_ahead_is_taken_once_it_is_mended()
    {
        var early = await City.PutAsync(People.Vacancy(1));
        await PassBackAsync();
        var changed = await InTheFutureAsync(() => City.PutAsync(People.Vacancy(2), id: early.Id));
        var added = await InTheFutureAsync(() => City.PutAsync(People.Vacancy(3)));
        await PassBackAsync();
        Assert.Equal(2ul, await QuarantinedAsync());

        var mended = await new ClockRepair(City.Store, City.Id, Time).RunAsync(default);
        await PassBackAsync();

        Assert.Equal(2, mended);
        Assert.Equal(0ul, await QuarantinedAsync());
        Assert.Equal(People.Vacancy(2), await Region.FindAsync<Vacancy>(changed));
        Assert.Equal(People.Vacancy(3), await Region.FindAsync<Vacancy>(added));
    }

    [Fact]
    public async Task What_a_partner_took_while_its_own_clock_ran_ahead_gives_way()
    {
        RecordKey key = default;
        await InTheFutureAsync(async () =>
        {
            key = await City.PutAsync(People.Vacancy(1));
            await PassBackAsync();
            return key;
        });
        Assert.NotNull(await Region.FindAsync(key));

        await new ClockRepair(City.Store, City.Id, Time).RunAsync(default);
        await City.PutAsync(People.Vacancy(2), id: key.Id);
        await PassBackAsync();

        Assert.Equal(People.Vacancy(2), await Region.FindAsync<Vacancy>(key));
        Assert.Equal(
            (await City.Store.GetAsync(key, default))!.Version, (await Region.Store.GetAsync(key, default))!.Version);
    }

    [Fact]
    public async Task An_older_version_never_replaces_a_newer_one_of_the_present()
    {
        var key = await City.PutAsync(People.Vacancy(1));
        var old = (await PassBackAsync()).Changes();
        await City.PutAsync(People.Vacancy(2), id: key.Id);
        await PassBackAsync();

        var cursor = await Region.Flows(Agreement).Sink(City.Id).AppliedAsync(default);
        var batch = new SyncBatch { From = cursor, To = cursor };
        batch.Changes.AddRange(old);
        await Region.Flows(Agreement).Sink(City.Id).ApplyAsync(batch, default);

        Assert.Equal(People.Vacancy(2), await Region.FindAsync<Vacancy>(key));
    }

    [Fact]
    public async Task What_is_written_after_the_mending_is_of_the_present_and_newer()
    {
        var key = await InTheFutureAsync(() => City.PutAsync(People.Vacancy(1)));
        await new ClockRepair(City.Store, City.Id, Time).RunAsync(default);
        var mended = (await City.Store.GetAsync(key, default))!.Version;

        await City.PutAsync(People.Vacancy(2), id: key.Id);

        var written = (await City.Store.GetAsync(key, default))!.Version;
        Assert.True(written > mended);
        Assert.True(written.Time <= Time.GetUtcNow());
    }

    [Fact]
    public async Task A_clock_that_is_right_has_nothing_to_mend_and_keeps_its_epoch()
    {
        await City.PutAsync(People.Vacancy(1));
        var epoch = City.Store.Epoch;

        Assert.Equal(0, await new ClockRepair(City.Store, City.Id, Time).RunAsync(default));
        Assert.Equal(epoch, City.Store.Epoch);
    }

    [Fact]
    public async Task Tombstones_and_many_records_are_stamped_anew_in_their_order()
    {
        var keys = new List<RecordKey>();
        await InTheFutureAsync(async () =>
        {
            for (var i = 0; i < 1_200; i++)
            {
                keys.Add(await City.PutAsync(People.Vacancy(i)));
            }

            await City.DeleteAsync(keys[0]);
            return keys[0];
        });

        Assert.Equal(1_200, await new ClockRepair(City.Store, City.Id, Time).RunAsync(default));
        await PassBackAsync();

        Assert.Null(await Region.FindAsync(keys[0]));
        Assert.NotNull(await Region.FindAsync(keys[^1]));
        var feed = await City.Store.ReadFeedAsync(FeedPosition.Start, 2_000, default);
        Assert.Equal(feed.Records, feed.Records.OrderBy(record => record.Version.Clock));
        Assert.Equal(feed.Records.Count, feed.Records.Select(record => record.Version.Clock).Distinct().Count());
        Assert.Equal(0, await new ClockRepair(City.Store, City.Id, Time).RunAsync(default));
    }

    [Fact]
    public async Task Only_own_records_are_stamped_anew()
    {
        RecordKey key = default;
        await InTheFutureAsync(async () =>
        {
            key = await City.PutAsync(People.Vacancy(1));
            await PassBackAsync();
            return key;
        });

        Assert.Equal(0, await new ClockRepair(Region.Store, Region.Id, Time).RunAsync(default));

        Assert.Equal(
            (await City.Store.GetAsync(key, default))!.Version, (await Region.Store.GetAsync(key, default))!.Version);
    }

    [Fact]
    public async Task The_fence_of_a_removal_that_is_stamped_anew_is_of_the_present_and_keeps_out_what_came_before()
    {
        var worker = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        await Region.ReferAsync(worker, City.Id);
        var old = (await PassAsync()).Changes();
        await InTheFutureAsync(async () =>
        {
            await Region.DeleteAsync(worker);
            await PassAsync();
            return worker;
        });

        await new ClockRepair(Region.Store, Region.Id, Time).RunAsync(default);
        await PassAsync();
        var fence = await FenceAsync(worker);
        Assert.True(fence.Version.Time <= Time.GetUtcNow());

        await ReplayAsync(old);
        Assert.Null(await City.FindAsync(worker));
    }

    [Fact]
    public async Task A_record_that_left_scope_under_a_clock_that_ran_ahead_comes_back_after_the_mending()
    {
        var worker = await Region.PutAsync(People.Worker(1), Consents.Of(Consents.Given(1)));
        await Region.ReferAsync(worker, City.Id);
        var old = (await PassAsync()).Changes();
        await InTheFutureAsync(async () =>
        {
            var withdrawn = Consents.Of(Consents.Given(1), Consents.Withdrawn(2));
            await Region.PutAsync(People.Worker(1), withdrawn, id: worker.Id);
            await PassAsync();
            return worker;
        });

        Assert.True((await FenceAsync(worker)).Version.Time > Time.GetUtcNow());
        await ReplayAsync(old);
        Assert.Null(await City.FindAsync(worker));
        await new ClockRepair(Region.Store, Region.Id, Time).RunAsync(default);
        var renewed = Consents.Of(Consents.Given(1), Consents.Withdrawn(2), Consents.Given(3));
        await Region.PutAsync(People.Worker(1), renewed, id: worker.Id);
        await PassAsync();

        Assert.NotNull(await City.FindAsync(worker));
    }

    private async Task<FenceRow> FenceAsync(RecordKey key)
    {
        var found = await City.Store.GetEntriesAsync(
            Fences.Collection(Region.Id), [RecordKeyBytes.Of(key)], default);
        return FenceRow.Read(found[0]!.Value.Span);
    }

    // What came once comes again, as an old batch or bundle would bring it.
    private async Task ReplayAsync(IEnumerable<SyncChange> changes)
    {
        var sink = City.Flows(Agreement).Sink(Region.Id);
        var cursor = await sink.AppliedAsync(default);
        await sink.ApplyAsync(new SyncBatch { From = cursor, To = cursor, Changes = { changes } }, default);
    }

    // The clock runs 200 days ahead meanwhile, then it is set right.
    private async Task<RecordKey> InTheFutureAsync(Func<Task<RecordKey>> act)
    {
        var now = Time.GetUtcNow();
        Time.SetUtcNow(now.AddDays(200));
        var key = await act();
        Time.SetUtcNow(now.AddMinutes(1));
        return key;
    }

    private async Task<ulong> QuarantinedAsync() =>
        (await Region.Flows(Agreement).StatusAsync(City.Id, default)).Quarantined;
}
