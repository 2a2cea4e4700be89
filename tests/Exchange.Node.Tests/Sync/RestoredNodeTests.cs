using Exchange.Node.Tests.Agreements;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>Either side may come back with less than it had.</summary>
public sealed class RestoredNodeTests : FlowTests
{
    [Fact]
    public async Task After_a_new_epoch_of_the_giver_everything_is_sent_again_and_skipped()
    {
        await City.PutAsync(People.Vacancy(1));
        await PassBackAsync();
        await City.Store.BeginEpochAsync(default);

        var batch = Assert.Single(await PassBackAsync());

        Assert.Equal((City.Store.Epoch.ToString(), 0ul), (batch.From.Epoch, batch.From.Position));
        Assert.Single(batch.Changes);
        Assert.Empty(await PassBackAsync());
    }

    [Fact]
    public async Task A_taker_that_lost_everything_gets_everything_again()
    {
        var sent = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        await Region.ReferAsync(sent, City.Id);
        await PassAsync();
        var late = await Region.PutAsync(People.Worker(2), FlowNode.Duty);
        await PassAsync();
        await Region.ReferAsync(late, City.Id);
        await PassAsync();

        await City.DisposeAsync();
        City = await FlowNode.OpenAsync(SampleAgreements.Town, Time);
        await PassAsync();

        Assert.NotNull(await City.FindAsync(sent));
        Assert.NotNull(await City.FindAsync(late));
    }

    [Fact]
    public async Task A_taker_restored_to_an_older_cursor_gets_again_what_went_out_of_turn()
    {
        var worker = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        await PassAsync();
        var backup = await City.Flows(Agreement).Sink(Region.Id).AppliedAsync(default);
        await Region.ReferAsync(worker, City.Id);
        await PassAsync();

        // The city as it was before the referral: a store that stands at the backup's cursor and holds nobody.
        await City.DisposeAsync();
        City = await FlowNode.OpenAsync(SampleAgreements.Town, Time);
        var sink = City.Flows(Agreement).Sink(Region.Id);
        await sink.ApplyAsync(
            new SyncBatch { From = new FeedCursor { Epoch = backup.Epoch }, To = backup }, default);
        var changes = (await PassAsync()).Changes();

        Assert.NotNull(await City.FindAsync(worker));
        Assert.Equal(["worker", "placement_event"], changes.Select(change => change.Record.Kind));
    }

    [Fact]
    public async Task A_taker_restored_to_before_a_removal_is_told_again()
    {
        var key = await City.PutAsync(People.Vacancy(1));
        await PassBackAsync();
        var old = await Region.Flows(Agreement).Sink(City.Id).AppliedAsync(default);
        await City.DeleteAsync(key);
        await PassBackAsync();

        var source = City.Flows(Agreement).Source(Region.Id);
        var page = await source.ReadAsync(old, default);

        Assert.Equal(key.Id.ToString(), Assert.Single(page.Changes).Removal.Id);
    }

    [Fact]
    public async Task A_taker_that_was_away_longer_than_tombstones_are_kept_is_told_what_is_gone()
    {
        var gone = await City.PutAsync(People.Vacancy(1));
        var kept = await City.PutAsync(People.Vacancy(2));
        await PassBackAsync();
        await City.DeleteAsync(gone);
        var head = (await City.Store.GetStatusAsync(default)).Head;
        Assert.Equal(1, await City.Store.PurgeAsync(head, Time.GetUtcNow().AddDays(1), default));
        var later = await City.PutAsync(People.Vacancy(3));

        var cursor = await Region.Flows(Agreement).Sink(City.Id).AppliedAsync(default);
        var lost = await City.Flows(Agreement).Source(Region.Id).ReadAsync(cursor, default);
        Assert.Equal(gone.Id.ToString(), Assert.Single(lost.Changes).Removal.Id);
        var changes = (await PassBackAsync()).Changes();

        Assert.Equal(2, changes.Count);
        Assert.Null(await Region.FindAsync(gone));
        Assert.NotNull(await Region.FindAsync(kept));
        Assert.NotNull(await Region.FindAsync(later));
    }
}
