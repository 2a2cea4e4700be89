using Exchange.Node.Tests.Agreements;
using Exchange.Store;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>
/// What a simulation over the real flows found, each as the shortest story of it; tests/README.md lists them.
/// </summary>
public sealed class SimulationFindingsTests : FlowTests
{
    [Fact]
    public async Task A_void_that_came_while_everybody_was_in_scope_counts_once_only_the_referred_are()
    {
        Agreement = SampleAgreements.City(version: 2);
        Agreement.Flows[0].Kinds[0].Gate = Gate.All;
        var worker = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        var referral = await Region.ReferAsync(worker, City.Id);
        await VoidAsync(referral);
        await PassAsync();
        Assert.NotNull(await City.FindAsync(worker));

        Agreement = SampleAgreements.City(version: 3);
        await PassAsync();

        Assert.Null(await City.FindAsync(worker));
    }

    [Fact]
    public async Task A_void_that_is_void_itself_brings_the_worker_back()
    {
        var worker = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        var referral = await Region.ReferAsync(worker, City.Id);
        var mistake = await VoidAsync(referral);
        await PassAsync();
        Assert.Null(await City.FindAsync(worker));

        await VoidAsync(mistake);
        await PassAsync();

        Assert.NotNull(await City.FindAsync(worker));
    }

    [Fact]
    public async Task What_was_sent_and_never_came_isnt_leapt_over_with_what_was_trimmed()
    {
        City.Store.FeedPageSize = 1;
        for (var number = 0; number < 33; number++)
        {
            await City.PutAsync(People.Vacancy(number));
        }

        var gone = await City.PutAsync(People.Vacancy(100));
        await PassBackAsync();
        var late = await City.PutAsync(People.Vacancy(101));
        await City.Flows(Agreement).Source(Region.Id).ReadAsync(await AppliedAsync(), default);
        await City.DeleteAsync(gone);
        var head = (await City.Store.GetStatusAsync(default)).Head;
        Assert.Equal(1, await City.Store.PurgeAsync(head, Time.GetUtcNow().AddDays(1), default));
        await City.PutAsync(People.Vacancy(102));

        await PassBackAsync();

        Assert.NotNull(await Region.FindAsync(late));
    }

    [Fact]
    public async Task A_retraction_whose_acknowledgement_was_lost_doesnt_stay_open()
    {
        await City.PutAsync(People.Vacancy(1));
        await City.Flows(Agreement).Source(Region.Id).ReadAsync(await AppliedAsync(), default);
        Agreement = SampleAgreements.City(version: 2);
        Agreement.Flows[1].Kinds.Remove(Agreement.Flows[1].Kinds.Single(rule => rule.Kind == "vacancy"));
        await TakeWithoutAnswerAsync();
        Assert.Equal(1ul, (await City.Flows(Agreement).StatusAsync(Region.Id, default)).Retractions.Open);

        await PassBackAsync();

        Assert.Equal(0ul, (await City.Flows(Agreement).StatusAsync(Region.Id, default)).Retractions.Open);
    }

    [Fact]
    public async Task An_acknowledgement_that_only_the_next_hello_tells_is_kept()
    {
        await City.PutAsync(People.Vacancy(1));
        await TakeWithoutAnswerAsync();
        Assert.Equal(0, (await City.Flows(Agreement).StatusAsync(Region.Id, default)).Acknowledged);

        Assert.Empty(await PassBackAsync());

        var head = (await City.Store.GetStatusAsync(default)).Head;
        Assert.Equal(head.Value, (await City.Flows(Agreement).StatusAsync(Region.Id, default)).Acknowledged);
    }

    [Fact]
    public async Task After_a_new_epoch_the_partner_is_told_what_went_and_was_dropped_meanwhile()
    {
        var gone = await City.PutAsync(People.Vacancy(1));
        await PassBackAsync();
        await City.DeleteAsync(gone);
        var head = (await City.Store.GetStatusAsync(default)).Head;
        Assert.Equal(1, await City.Store.PurgeAsync(head, Time.GetUtcNow().AddDays(1), default));
        await City.Store.BeginEpochAsync(default);

        await PassBackAsync();

        Assert.Null(await Region.FindAsync(gone));
    }

    [Fact]
    public async Task A_void_that_comes_once_more_leaves_nothing_to_be_asked()
    {
        var worker = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        await VoidAsync(await Region.ReferAsync(worker, City.Id));
        var batches = await PassAsync();
        await PassBackAsync();

        await AgainAsync(batches, Region, City);

        Assert.Equal(0ul, (await City.Flows(Agreement).StatusAsync(Region.Id, default)).Retractions.Open);
    }

    [Fact]
    public async Task A_void_that_is_taken_back_brings_the_worker_back()
    {
        var worker = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        var referral = await Region.ReferAsync(worker, City.Id);
        await PassAsync();
        var mistake = (await Region.FindAsync<PlacementEvent>(referral))!.Clone();
        (mistake.Type, mistake.VoidedEventId) = (PlacementEventType.RecordedInError, referral.Id.ToString());
        await City.PutAsync(mistake, FlowNode.Duty);
        await PassBackAsync();
        await PassAsync();
        Assert.Null(await City.FindAsync(worker));

        Agreement = SampleAgreements.City(version: 2);
        Agreement.Flows[1].Kinds.Remove(Agreement.Flows[1].Kinds.Single(rule => rule.Kind == "placement_event"));
        await PassAsync();
        await PassBackAsync();
        await PassAsync();

        Assert.NotNull(await City.FindAsync(worker));
    }

    [Fact]
    public async Task What_comes_once_more_after_it_was_taken_back_isnt_put_aside()
    {
        await City.PutAsync(People.Vacancy(1));
        var batches = await PassBackAsync();
        Agreement = SampleAgreements.City(version: 2);
        Agreement.Flows[1].Kinds.Remove(Agreement.Flows[1].Kinds.Single(rule => rule.Kind == "vacancy"));
        await PassBackAsync();

        var ack = Assert.Single(await AgainAsync(batches, City, Region));

        Assert.Empty(ack.Quarantined);
        Assert.Equal(1u, ack.SkippedCount);
        await PassBackAsync();
    }

    [Fact]
    public async Task What_is_dropped_while_a_session_reads_from_the_start_is_looked_for_in_the_register()
    {
        var first = await City.PutAsync(People.Vacancy(1));
        var second = await City.PutAsync(People.Vacancy(2));
        await City.Flows(Agreement).Source(Region.Id).ReadAsync(await AppliedAsync(), default);
        await City.DeleteAsync(first);
        var (source, sink) = (City.Flows(Agreement).Source(Region.Id), Region.Flows(Agreement).Sink(City.Id));
        var page = await source.ReadAsync(await AppliedAsync(), default);
        await source.ConfirmAsync(page, await sink.ApplyAsync(FlowPass.ToBatch(page), default), default);

        await City.DeleteAsync(second);
        var head = (await City.Store.GetStatusAsync(default)).Head;
        Assert.Equal(2, await City.Store.PurgeAsync(head, Time.GetUtcNow().AddDays(1), default));
        await FlowPass.RunAsync(City, source, sink);

        await FlowPass.AssertSameAsync(source, sink);
    }

    // As an old bundle brings it.
    private async Task<List<SyncAck>> AgainAsync(List<SyncBatch> batches, FlowNode giver, FlowNode taker)
    {
        var acks = new List<SyncAck>();
        foreach (var batch in batches)
        {
            var sink = taker.Flows(Agreement).Sink(giver.Id);
            var cursor = await sink.AppliedAsync(default);
            (batch.From, batch.To) = (cursor, cursor);
            acks.Add(await sink.ApplyAsync(batch, default));
        }

        return acks;
    }

    // The region has it durably, and the city never learns so in that session.
    private async Task TakeWithoutAnswerAsync()
    {
        var page = await City.Flows(Agreement).Source(Region.Id).ReadAsync(await AppliedAsync(), default);
        await Region.Flows(Agreement).Sink(City.Id).ApplyAsync(FlowPass.ToBatch(page), default);
    }

    private Task<FeedCursor> AppliedAsync() => Region.Flows(Agreement).Sink(City.Id).AppliedAsync(default);

    private async Task<RecordKey> VoidAsync(RecordKey happening)
    {
        var mistake = (await Region.FindAsync<PlacementEvent>(happening))!.Clone();
        (mistake.Type, mistake.VoidedEventId) = (PlacementEventType.RecordedInError, happening.Id.ToString());
        return await Region.PutAsync(mistake, FlowNode.Duty);
    }
}
