using System.Text;
using Exchange.Node.Hosting;
using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Exchange.Node.Tests.Sync.HardCases;

/// <summary>
/// Hard case 6: tombstones are dropped while a partner is away. They stay for a partner that hasn't acknowledged them;
/// and one that stands below the floor all the same is told from the register what is gone.
///
/// Guards, each of which was taken away and missed: tombstones wait for what every partner acknowledged, for 400 days,
/// for what else it owes, and for an erasure without end (<c>Housekeeping.DropTombstonesAsync</c>); a partner is waited
/// for as announced, and not for ever (<c>PartnerRetention</c>); a feed that was trimmed says so
/// (<c>EmbeddedStore.ReadFeedAsync</c>), and then the register is asked (<c>SyncSource.ReadLostAsync</c>).
/// </summary>
public sealed class Case06_CompactionWhileAway : FlowTests
{
    private const int Vacancies = 1500;

    [Fact]
    public async Task Tombstones_wait_for_a_partner_that_is_away_and_go_once_it_acknowledged()
    {
        var gone = await City.PutAsync(People.Vacancy(1));
        await PassBackAsync();
        await City.DeleteAsync(gone);
        Time.Advance(TimeSpan.FromDays(500));

        Assert.Equal(0, await HousekeepingOf(City).DropTombstonesAsync(default));
        await PassBackAsync();

        Assert.Equal(1, await HousekeepingOf(City).DropTombstonesAsync(default));
        Assert.Null(await Region.FindAsync(gone));
    }

    [Fact]
    public async Task Tombstones_that_everybody_acknowledged_stay_for_400_days()
    {
        var gone = await City.PutAsync(People.Vacancy(1));
        await City.DeleteAsync(gone);
        await PassBackAsync();

        Time.Advance(TimeSpan.FromDays(399));
        Assert.Equal(0, await HousekeepingOf(City).DropTombstonesAsync(default));
        Time.Advance(TimeSpan.FromDays(2));
        Assert.Equal(1, await HousekeepingOf(City).DropTombstonesAsync(default));
    }

    [Fact]
    public async Task A_partner_that_is_away_past_the_retention_unannounced_must_be_given_all_anew()
    {
        var (gone, stood) = await LeaveWithADeletionBehindAsync();

        Time.Advance(TimeSpan.FromDays(401));
        Assert.Equal(1, await HousekeepingOf(City).DropTombstonesAsync(default));

        await Assert.ThrowsAsync<FeedTrimmedException>(() => City.Store.ReadFeedAsync(stood, 10, default));
        await PassBackAsync();
        Assert.Null(await Region.FindAsync(gone));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_partner_that_is_away_past_the_retention_as_announced_goes_on_where_it_stood(bool byPartner)
    {
        var (gone, stood) = await LeaveWithADeletionBehindAsync();
        var end = Time.GetUtcNow().AddDays(300);
        var away = await (byPartner ? Region : City).Outages.AnnounceAsync(null, end, "moving house", default);
        await City.Outages.TakeAsync(Region.Id, byPartner ? [away] : [], default);

        Time.SetUtcNow(end.AddDays(399));
        Assert.Equal(0, await HousekeepingOf(City).DropTombstonesAsync(default));

        Assert.NotEmpty((await City.Store.ReadFeedAsync(stood, 10, default)).Records);
        await PassBackAsync();
        Assert.Null(await Region.FindAsync(gone));
        Assert.Equal(1, await HousekeepingOf(City).DropTombstonesAsync(default));
    }

    [Fact]
    public async Task After_an_announced_outage_a_partner_is_waited_for_400_days_more_and_then_given_up()
    {
        await LeaveWithADeletionBehindAsync();
        var end = Time.GetUtcNow().AddDays(300);
        await City.Outages.AnnounceAsync(null, end, "moving house", default);

        Time.SetUtcNow(end.AddDays(401));

        Assert.Equal(1, await HousekeepingOf(City).DropTombstonesAsync(default));
    }

    [Fact]
    public async Task Tombstones_that_a_partner_acknowledged_wait_while_it_owes_something_else_that_was_taken_back()
    {
        var withdrawn = await Region.PutAsync(People.Worker(1), Consents.Of(Consents.Given(1)));
        await Region.ReferAsync(withdrawn, City.Id);
        await Region.DeleteAsync(await Region.PutAsync(People.Worker(2)));
        await PassAsync();
        await Region.PutAsync(People.Worker(1), Consents.Of(Consents.Withdrawn(2)), withdrawn.Id);
        var cursor = await City.Flows(Agreement).Sink(Region.Id).AppliedAsync(default);
        var lost = await Region.Flows(Agreement).Source(City.Id).ReadAsync(cursor, default);
        Assert.Contains(lost.Changes, change => change.Removal is not null);
        Time.Advance(TimeSpan.FromDays(401));

        Assert.Equal(0, await HousekeepingOf(Region).DropTombstonesAsync(default));
        await PassAsync();
        Assert.Equal(1, await HousekeepingOf(Region).DropTombstonesAsync(default));
    }

    [Fact]
    public async Task A_partner_that_owes_an_erasure_is_never_given_up()
    {
        var owed = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        await Region.ReferAsync(owed, City.Id);
        await PassAsync();
        await Region.DeleteAsync(await Region.PutAsync(People.Worker(2)));
        await HearAsync(Region, City.Id);
        await Region.Erasure.EraseAsync(
            owed.Id, "request of 2026-03-01", TimeSpan.FromDays(15), withHouseholds: false, default);
        Time.Advance(TimeSpan.FromDays(800));

        Assert.Equal(0, await HousekeepingOf(Region).DropTombstonesAsync(default));
        await PassAsync();
        Assert.Equal(3, await HousekeepingOf(Region).DropTombstonesAsync(default));
    }

    [Fact]
    public async Task A_partner_far_below_the_floor_is_told_what_is_gone_and_gets_all_the_rest()
    {
        var gone = await PurgeBehindPartnerAsync();

        await PassBackAsync();

        Assert.Null(await Region.FindAsync(gone));
        Assert.Equal(Vacancies, (await Region.Store.GetStatusAsync(default)).Kinds["vacancy"].Live);
    }

    [Fact]
    public async Task A_partner_that_is_put_back_to_below_the_floor_is_told_once_more_what_is_gone()
    {
        var gone = await City.PutAsync(People.Vacancy(0));
        await PassBackAsync();
        var stood = await Region.Flows(Agreement).Sink(City.Id).AppliedAsync(default);
        await City.DeleteAsync(gone);
        await PassBackAsync();
        await City.PutAsync(People.Vacancy(1));
        var head = (await City.Store.GetStatusAsync(default)).Head;
        Assert.Equal(1, await City.Store.PurgeAsync(head, Time.GetUtcNow().AddDays(1), default));

        // What it had acknowledged waits in no queue any more.
        var page = await City.Flows(Agreement).Source(Region.Id).ReadAsync(stood, default);

        Assert.Equal(gone, SyncChanges.Key(Assert.Single(page.Changes, change => change.Removal is not null)));
    }

    [Fact]
    public async Task Without_the_register_a_partner_below_the_floor_keeps_what_is_gone()
    {
        City.Store.Forgets = "disclosure/";
        var gone = await PurgeBehindPartnerAsync();

        await FlowPass.RunAsync(
            City, City.Flows(Agreement).Source(Region.Id), Region.Flows(Agreement).Sink(City.Id));

        Assert.NotNull(await Region.FindAsync(gone));
    }

    // The partner was heard of just now, and hasn't acknowledged the deletion.
    private async Task<(RecordKey Gone, FeedPosition Stood)> LeaveWithADeletionBehindAsync()
    {
        var gone = await City.PutAsync(People.Vacancy(1));
        await PassBackAsync();
        var stood = new FeedPosition((await City.Flows(Agreement).StatusAsync(Region.Id, default)).Acknowledged);
        await City.DeleteAsync(gone);
        await HearAsync(City, Region.Id);
        return (gone, stood);
    }

    private async Task HearAsync(FlowNode node, string peer)
    {
        var status = new PeerStatus { Node = peer, LastHeardTime = Time.GetUtcNow().ToTimestamp() };
        var heard = new EntryWrite("sync-peers", Encoding.UTF8.GetBytes(peer), status.ToByteArray());
        await node.Store.CommitAsync(new Commit { Entries = [heard] }, default);
    }

    [Fact]
    public async Task Somebody_erased_whose_tombstone_is_gone_is_taken_back_as_erased()
    {
        var person = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        await Region.ReferAsync(person, City.Id);
        await PassAsync();
        await Region.Erasure.EraseAsync(person.Id, "asked", TimeSpan.FromDays(15), withHouseholds: false, default);
        var head = (await Region.Store.GetStatusAsync(default)).Head;
        Assert.NotEqual(0, await Region.Store.PurgeAsync(head, Time.GetUtcNow().AddDays(1), default));

        var changes = (await PassAsync()).Changes();

        var removal = Assert.Single(changes, change => change.Removal?.Id == person.Id.ToString()).Removal;
        Assert.Equal((RemovalReason.ConsentWithdrawn, ulong.MaxValue), (removal.Reason, removal.ConsentVersion));
        Assert.Null(await City.FindAsync(person));
    }

    [Fact]
    public async Task An_erasure_keeps_its_deadline_and_its_turn_when_the_tombstone_is_gone()
    {
        var person = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        await Region.ReferAsync(person, City.Id);
        await PassAsync();
        var deadline = Time.GetUtcNow().AddDays(15);
        await Region.Erasure.EraseAsync(person.Id, "asked", TimeSpan.FromDays(15), withHouseholds: false, default);
        var head = (await Region.Store.GetStatusAsync(default)).Head;
        Assert.NotEqual(0, await Region.Store.PurgeAsync(head, Time.GetUtcNow().AddDays(1), default));
        await Region.ReferAsync(await Region.PutAsync(People.Worker(2), FlowNode.Duty), City.Id);

        var first = (await PassAsync())[0];

        var removal = Assert.Single(first.Changes, change => change.Removal?.Id == person.Id.ToString()).Removal;
        Assert.Equal(deadline, removal.DeliverByTime.ToDateTimeOffset());
        Assert.Equal(first.From, first.To);
    }

    // Whoever calls PurgeAsync for another reason, such as an administrator who gave a partner up.
    private async Task<RecordKey> PurgeBehindPartnerAsync()
    {
        var gone = await City.PutAsync(People.Vacancy(0));
        await PassBackAsync();
        for (var number = 1; number <= Vacancies; number++)
        {
            await City.PutAsync(People.Vacancy(number));
        }

        await City.DeleteAsync(gone);
        var head = (await City.Store.GetStatusAsync(default)).Head;
        Assert.Equal(1, await City.Store.PurgeAsync(head, Time.GetUtcNow().AddDays(1), default));
        return gone;
    }

    private Housekeeping HousekeepingOf(FlowNode node) => new(
        node.Store,
        node.Streams,
        new([FlowNode.Peer(node.Id, Agreement)]),
        node.Flows(Agreement),
        node.Outages,
        NullLogger<Housekeeping>.Instance,
        Time);
}
