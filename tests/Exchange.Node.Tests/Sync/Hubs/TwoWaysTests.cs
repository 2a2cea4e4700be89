using Exchange.Node.Sync;
using Exchange.Node.Tests.Agreements;
using Exchange.Store;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Sync.Hubs;

/// <summary>
/// A city that gets the same record from its home and from a hub: one copy is held, the other kept aside, and a removal
/// by one giver never takes away what the other still gives.
/// </summary>
public sealed class TwoWaysTests : HubFlowTests
{
    private readonly Agreement _direct = SampleAgreements.City();

    [Fact]
    public async Task The_first_copy_stays_the_other_is_kept_aside_and_both_digests_agree()
    {
        var (key, _) = await GiveBothAsync();

        var aside = (await AsideAsync(Hub.Id, Onward)).Quarantined;

        Assert.Equal(2, aside.Count);
        Assert.All(aside, put => Assert.Equal(ErrorReason.ChangeHeldFromAnother, put.Reason));
        Assert.Contains(Region.Id, aside[0].Message, StringComparison.Ordinal);
        Assert.Equal("王***", (await City.FindAsync<Worker>(key))!.Name);
    }

    [Fact]
    public async Task A_new_version_by_both_ways_is_held_once_and_kept_aside_once()
    {
        var (key, _) = await GiveBothAsync();
        var changed = People.Worker(1);
        changed.Name = "李小红";

        await Region.PutAsync(changed, id: key.Id);
        await PassAsync();
        await FlowPass.RunAsync(Region, City, _direct);

        Assert.Equal("李**", (await City.FindAsync<Worker>(key))!.Name);
        Assert.Equal(2, (await AsideAsync(Hub.Id, Onward)).Quarantined.Count);
    }

    [Fact]
    public async Task When_the_home_takes_its_copy_back_the_hubs_takes_its_place()
    {
        var (key, referral) = await GiveBothAsync();
        var narrower = SampleAgreements.City(version: 2);
        narrower.Flows[0].Kinds.Remove(narrower.Flows[0].Kinds.Single(rule => rule.Kind == "worker"));

        await FlowPass.RunAsync(Region, City, narrower);
        Assert.Null(await City.FindAsync(key));
        await PassOnAsync();

        Assert.Equal("王***", (await City.FindAsync<Worker>(key))!.Name);
        Assert.Equal(Hub.Id, await GiverAsync(key));
        Assert.Equal(Region.Id, await GiverAsync(referral));
    }

    [Fact]
    public async Task When_the_hub_takes_its_copy_back_the_homes_stays()
    {
        var (key, _) = await GiveBothAsync();
        Onward.Flows[0].PassesOnFrom.Clear();
        Onward.Version = 2;

        var taken = (await PassOnAsync()).Changes();

        Assert.All(taken, change => Assert.NotNull(change.Removal));
        Assert.NotNull(await City.FindAsync(key));
        Assert.Empty((await AsideAsync(Hub.Id, Onward)).Quarantined);
    }

    [Fact]
    public async Task A_withdrawal_that_only_the_home_has_told_is_not_undone_by_the_hubs_older_copy()
    {
        var (key, _) = await GiveBothAsync();

        await Region.Restriction.SetAsync(key.Id, RecordState.Frozen, default);
        await FlowPass.RunAsync(Region, City, _direct);
        await PassOnAsync();
        Assert.Null(await City.FindAsync(key));

        await PassAsync();
        await Region.Restriction.SetAsync(key.Id, RecordState.Active, default);
        await PassAsync();
        await FlowPass.RunAsync(Region, City, _direct);
        Assert.NotNull(await City.FindAsync(key));
    }

    [Fact]
    public async Task An_erasure_by_the_home_empties_what_the_hub_gave_at_once()
    {
        var key = await PassReferredAsync();
        await FlowPass.RunAsync(Region, City, _direct);
        Assert.Equal(Hub.Id, await GiverAsync(key));

        await Region.Erasure.EraseAsync(key.Id, "request", TimeSpan.FromDays(15), withHouseholds: false, default);
        await FlowPass.RunAsync(Region, City, _direct);

        Assert.Null(await City.FindAsync(key));
        Assert.Equal(Region.Id, await GiverAsync(key));
        await FlowPass.AssertSameAsync(
            Hub.Flows(Onward).Source(City.Id), City.Flows(Onward).Sink(Hub.Id));

        // The hub's own word comes later, and finds nothing more to do.
        await PassAsync();
        Assert.Empty((await AsideAsync(Hub.Id, Onward)).Quarantined);
    }

    [Fact]
    public async Task An_erasure_empties_what_is_kept_aside_and_no_replay_of_the_hub_brings_it_back()
    {
        var (key, _) = await GiveBothAsync();
        var old = await Hub.Flows(Onward).Source(City.Id).ReadAsync(new FeedCursor(), default);

        await Region.Erasure.EraseAsync(key.Id, "request", TimeSpan.FromDays(15), withHouseholds: false, default);
        await FlowPass.RunAsync(Region, City, _direct);
        Assert.All(await RowsAsync(), row => Assert.True(row.Sealed.IsEmpty && row.Discarded is not null));
        var head = (await City.Store.GetStatusAsync(default)).Head;
        await City.Store.PurgeAsync(head, Time.GetUtcNow().AddDays(1), default);
        await City.Flows(Onward).Sink(Hub.Id).ApplyAsync(FlowPass.ToBatch(old), default);

        Assert.Null(await City.FindAsync(key));
        Assert.All(await RowsAsync(), row => Assert.True(row.Sealed.IsEmpty && row.Discarded is not null));
        await PassAsync();
        Assert.Null(await City.FindAsync(key));
    }

    [Fact]
    public async Task A_hub_that_forges_a_removal_of_the_homes_record_removes_nothing()
    {
        var (key, _) = await GiveBothAsync();
        var home = (await City.FindAsync(key))!;
        var removal = new Removal
        {
            Kind = key.Kind,
            Id = key.Id.ToString(),
            Version = home.Version,
            Revision = 99,
            Reason = RemovalReason.ConsentWithdrawn,
            ConsentVersion = ulong.MaxValue,
        };

        await City.Flows(Onward).Sink(Hub.Id).ApplyAsync(
            new SyncBatch { From = new FeedCursor(), To = new FeedCursor(), Changes = { removal.Change() } }, default);

        Assert.NotNull(await City.FindAsync(key));
    }

    private async Task<(RecordKey Worker, RecordKey Referral)> GiveBothAsync()
    {
        City.Others.Add(_direct);
        var key = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        var referral = await Region.ReferAsync(key, City.Id);
        await FlowPass.RunAsync(Region, City, _direct);
        await PassAsync();
        return (key, referral);
    }

    private Task<SyncAck> AsideAsync(string peer, Agreement agreement) =>
        City.Flows(agreement).Sink(peer).ListAsync(default);

    private async Task<List<QuarantineRow>> RowsAsync()
    {
        var rows = await City.Store.ReadEntriesAsync(QuarantineRow.Collection(Hub.Id), default, default, 10, default);
        return [.. rows.Select(row => QuarantineRow.Read(row.Value.Span))];
    }

    private async Task<string> GiverAsync(RecordKey key) =>
        System.Text.Encoding.UTF8.GetString(StoredEnvelope.Giver((await City.Store.GetAsync(key, default))!));
}
