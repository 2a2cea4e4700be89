using Exchange.Node.Tests.Agreements;
using Exchange.Store;
using Exchange.V1;
using Google.Type;
using Xunit;

namespace Exchange.Node.Tests.Sync.HardCases;

/// <summary>
/// Hard case 4: the scope narrows, a worker moves county, a right ends. What the partner holds is taken back, before the
/// right ends, and the partner confirms it.
///
/// Guards, each of which was taken away and missed: a write that ends a right is queued (<c>RetractionCauses</c>), the
/// queue is read before the feed (<c>SyncSource.ReadInTurnAsync</c>), a void ends the sight that only it gave and no other
/// (<c>SyncSource.EndSightsAsync</c>, <c>SightCheck</c>), also when the partner wrote it (<c>Sightings</c>), an agreement
/// that ends gives nothing (<c>FlowTerms</c>) and sets a deadline, and what was taken back is open until it is
/// acknowledged (<c>PageBuilder.TakeBack</c>, <c>SyncSource.CloseRetractionsAsync</c>).
/// </summary>
public sealed class Case04_ScopeNarrows : FlowTests
{
    private static readonly DateTimeOffset LastDay = new(2026, 12, 31, 1, 0, 0, TimeSpan.FromHours(8));

    [Fact]
    public async Task A_worker_who_moves_county_is_taken_back_ahead_of_all_that_waits()
    {
        Agreement = Paired();
        var moving = await Region.PutAsync(People.Worker(1, "530627"), FlowNode.Duty);
        await PassAsync();
        await Region.PutAsync(People.Worker(2, "530627"), FlowNode.Duty);

        await Region.PutAsync(People.Worker(1, "530630"), id: moving.Id);
        var batches = await PassAsync();

        Assert.Equal(RemovalReason.LeftScope, Assert.Single(batches[0].Changes).Removal.Reason);
        Assert.Equal(batches[0].From, batches[0].To);
        Assert.Null(await City.FindAsync(moving));
    }

    [Fact]
    public async Task Without_the_queue_the_move_waits_behind_the_feed()
    {
        Agreement = Paired();
        var moving = await Region.PutAsync(People.Worker(1, "530627"), FlowNode.Duty);
        await PassAsync();
        await Region.PutAsync(People.Worker(2, "530627"), FlowNode.Duty);

        Region.Store.Forgets = "reproject/";
        await Region.PutAsync(People.Worker(1, "530630"), id: moving.Id);
        Region.Store.Forgets = null;

        Assert.NotNull((await PassAsync())[0].Changes[0].Record);
    }

    [Fact]
    public async Task A_referral_recorded_in_error_ends_the_sight_that_only_it_gave()
    {
        var (key, referral) = await SendReferredAsync(1);

        await VoidAsync(Region, referral);
        var removal = (await PassAsync()).Changes().Single(change => change.Removal is not null).Removal;

        Assert.Equal((RemovalReason.LeftScope, key.Id.ToString()), (removal.Reason, removal.Id));
        Assert.Null(await City.FindAsync(key));
        await Region.PutAsync(People.Worker(1), FlowNode.Duty, key.Id);
        Assert.Empty((await PassAsync()).Changes());
    }

    [Fact]
    public async Task Another_referral_keeps_the_worker_in_sight()
    {
        var (key, referral) = await SendReferredAsync(1);
        await Region.ReferAsync(key, City.Id);

        await VoidAsync(Region, referral);
        await PassAsync();

        Assert.NotNull(await City.FindAsync(key));
    }

    [Fact]
    public async Task A_referral_that_the_city_voids_ends_the_sight_as_well()
    {
        var (key, referral) = await SendReferredAsync(1);

        await VoidAsync(City, referral);
        await PassBackAsync();
        await PassAsync();

        Assert.Null(await City.FindAsync(key));
        await Region.ReferAsync(key, City.Id);
        await PassAsync();
        Assert.NotNull(await City.FindAsync(key));
    }

    [Fact]
    public async Task On_its_last_day_an_agreement_gives_nothing_new_and_takes_everything_back()
    {
        var (key, _) = await SendReferredAsync(1);
        Time.Advance(LastDay - Time.GetUtcNow());
        var late = await Region.PutAsync(People.Worker(2), FlowNode.Duty);
        await Region.ReferAsync(late, City.Id);

        var removals = (await PassAsync()).Changes().ConvertAll(change => change.Removal);

        Assert.Equal(2, removals.Count);
        Assert.All(removals, removal => Assert.Equal(
            (RemovalReason.LeftScope, LastDay.AddHours(23)),
            (removal.Reason, removal.DeliverByTime.ToDateTimeOffset())));
        Assert.Null(await City.FindAsync(key));
        Assert.Null(await City.FindAsync(late));
        var status = await Region.Flows(Agreement).StatusAsync(City.Id, default);
        Assert.Equal((0ul, 0ul), (status.Disclosed, status.Retractions.Open));
    }

    [Fact]
    public async Task When_the_line_was_down_that_day_it_is_taken_back_afterwards_and_shown_as_overdue_until_then()
    {
        var (key, _) = await SendReferredAsync(1);
        Time.Advance(LastDay - Time.GetUtcNow());
        var source = Region.Flows(Agreement).Source(City.Id);
        var cursor = await City.Flows(Agreement).Sink(Region.Id).AppliedAsync(default);
        Assert.Equal(2, (await source.ReadAsync(cursor, default)).Changes.Count);

        Time.Advance(TimeSpan.FromDays(40));
        var open = (await Region.Flows(Agreement).StatusAsync(City.Id, default)).Retractions;
        Assert.Equal((2ul, 2ul, LastDay), (open.Open, open.Overdue, open.Oldest));
        var fresh = await City.PutAsync(People.Vacancy(1));
        Assert.Empty((await PassBackAsync()).Changes());
        await PassAsync();

        Assert.Null(await City.FindAsync(key));
        Assert.Null(await Region.FindAsync(fresh));
        open = (await Region.Flows(Agreement).StatusAsync(City.Id, default)).Retractions;
        Assert.Equal((0ul, 0ul), (open.Open, open.Overdue));
    }

    [Fact]
    public async Task An_agreement_that_goes_on_in_its_next_version_takes_nothing_back()
    {
        var next = SampleAgreements.City(version: 2);
        next.ValidFromDate = new Date { Year = 2027, Month = 1, Day = 1 };
        next.ValidToDate = null;
        var peer = FlowNode.Peer(Region.Id, Agreement) with { Versions = [new(Agreement), new(next)] };

        Assert.Null(peer.WindsUpBy(new DateOnly(2026, 12, 31)));
        Assert.Equal(NodeStart(2027, 1, 1), FlowNode.Peer(Region.Id, Agreement).WindsUpBy(new DateOnly(2026, 12, 31)));
        Assert.Equal(NodeStart(2026, 12, 31), peer.ChangesAfter(new DateOnly(2026, 3, 2)));
        Assert.Equal(NodeStart(2027, 1, 1), peer.ChangesAfter(new DateOnly(2026, 12, 31)));
        await Task.CompletedTask;
    }

    [Fact]
    public async Task Without_the_register_nobody_knows_what_to_take_back()
    {
        Region.Store.Forgets = "disclosure/";
        var key = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        await Region.ReferAsync(key, City.Id);
        await PassUncheckedAsync();
        Time.Advance(LastDay - Time.GetUtcNow());

        Assert.Empty((await PassUncheckedAsync()).Changes());
        Assert.NotNull(await City.FindAsync(key));
    }

    private Task<List<SyncBatch>> PassUncheckedAsync() => FlowPass.RunAsync(
        Region, Region.Flows(Agreement).Source(City.Id), City.Flows(Agreement).Sink(Region.Id));

    private async Task<(RecordKey Worker, RecordKey Referral)> SendReferredAsync(int number)
    {
        var worker = await Region.PutAsync(People.Worker(number), FlowNode.Duty);
        var referral = await Region.ReferAsync(worker, City.Id);
        await PassAsync();
        Assert.NotNull(await City.FindAsync(worker));
        return (worker, referral);
    }

    private async Task VoidAsync(FlowNode writer, RecordKey referral)
    {
        var wrong = (await Region.FindAsync<PlacementEvent>(referral))!.Clone();
        (wrong.Type, wrong.VoidedEventId) = (PlacementEventType.RecordedInError, referral.Id.ToString());
        await writer.PutAsync(wrong, FlowNode.Duty);
    }

    private static Agreement Paired()
    {
        var agreement = SampleAgreements.City();
        agreement.Flows[0].Kinds[0].Gate = Gate.All;
        agreement.Flows[0].DivisionPairs.Add(new DivisionPair { FromCode = "530627", ToCode = "441900118" });
        return agreement;
    }

    private static DateTimeOffset NodeStart(int year, int month, int day) =>
        new(year, month, day, 0, 0, 0, TimeSpan.FromHours(8));
}
