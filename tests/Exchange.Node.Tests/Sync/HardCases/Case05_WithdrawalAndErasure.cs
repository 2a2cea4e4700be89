using Exchange.Node.Records;
using Exchange.Node.Subjects;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Xunit;

namespace Exchange.Node.Tests.Sync.HardCases;

/// <summary>
/// Hard case 5: withdrawal and erasure overtake queued data, aren't undone by a replay, and a renewal isn't killed by a
/// late withdrawal: the consent's version orders them, not the arrival.
///
/// Guards, tried by taking them away but for a few: the queue, also for what names the person
/// (<c>RetractionCauses</c>); the fence, which is for good after an erasure and lets a renewal pass (<c>Fences</c>);
/// consents that are joined, not replaced (<c>ConsentMerge</c>), also by an undo (<c>StreamUndo</c>); the basis, of the
/// record and of whom it names (<c>Admission</c>); the reason and the consent's version that a removal tells
/// (<c>PageBuilder</c>); an acknowledgement that closes only what it is about
/// (<c>SyncSource.CloseRetractionsAsync</c>).
/// </summary>
public sealed class Case05_WithdrawalAndErasure : FlowTests
{
    [Fact]
    public async Task A_withdrawal_overtakes_everything_that_waits_in_the_feed()
    {
        var key = await SendWithdrawableAsync();
        await FillFeedAsync();

        await Region.PutAsync(People.Worker(1), Consents.Of(Consents.Withdrawn(2)), key.Id);
        var first = (await PassAsync())[0];

        var removal = first.Changes.Single(change => change.Removal is not null).Removal;
        Assert.Equal((key.Id.ToString(), 2ul), (removal.Id, removal.ConsentVersion));
        Assert.Equal(first.From, first.To);
    }

    [Fact]
    public async Task Without_the_queue_a_withdrawal_waits_behind_the_feed()
    {
        var key = await SendWithdrawableAsync();
        await FillFeedAsync();
        Region.Store.Forgets = "reproject/";
        await Region.PutAsync(People.Worker(1), Consents.Of(Consents.Withdrawn(2)), key.Id);
        Region.Store.Forgets = null;

        var last = (await PassAsync())[^1];

        Assert.Equal(key.Id.ToString(), last.Changes[^1].Removal.Id);
    }

    [Fact]
    public async Task An_older_list_of_consents_never_undoes_a_withdrawal_and_a_late_withdrawal_kills_no_renewal()
    {
        var key = await SendWithdrawableAsync();

        await Region.PutAsync(People.Worker(1), Consents.Of(Consents.Withdrawn(2)), key.Id);
        await Region.PutAsync(People.Worker(1), Consents.Of(Consents.Given(1)), key.Id);
        await PassAsync();
        Assert.Null(await City.FindAsync(key));

        await Region.PutAsync(People.Worker(1), Consents.Of(Consents.Given(3)), key.Id);
        await Region.PutAsync(People.Worker(1), Consents.Of(Consents.Withdrawn(2)), key.Id);
        await PassAsync();
        Assert.NotNull(await City.FindAsync(key));
        Assert.Equal([1ul, 2, 3], (await Region.FindAsync(key))!.LegalBasis.Consents.Select(c => c.Version));
    }

    [Fact]
    public async Task Lists_that_replace_each_other_would_undo_the_withdrawal()
    {
        var key = await SendWithdrawableAsync();
        await Region.PutAsync(People.Worker(1), Consents.Of(Consents.Withdrawn(2)), key.Id);
        await PassAsync();

        var replaced = (await Region.FindAsync(key))!.Clone();
        replaced.LegalBasis = Consents.Of(Consents.Given(1));
        await Region.StoreAsync(key, replaced);

        // What the merge keeps from happening on the sending side is stopped by the fence on the receiving one.
        var batches = await FlowPass.RunAsync(
            Region, Region.Flows(Agreement).Source(City.Id), City.Flows(Agreement).Sink(Region.Id));
        Assert.Single(batches.Changes());
        Assert.Null(await City.FindAsync(key));
    }

    [Fact]
    public async Task Undoing_an_import_restores_no_consent_that_was_withdrawn_meanwhile()
    {
        var key = await SendWithdrawableAsync();
        var import = new PutScope("cli", "import-1", default, Undoable: true);
        await Region.PutAsync(People.Worker(1), Consents.Of(Consents.Withdrawn(2)), key.Id, scope: import);

        var undone = await Region.Undo.RunAsync(
            new UndoStreamRequest { Publisher = "cli", Stream = "import-1" }, default);
        await PassAsync();

        Assert.Equal(1, undone.RestoredCount);
        Assert.Null(await City.FindAsync(key));
    }

    [Fact]
    public async Task An_event_keeps_type_and_day_at_the_city_and_loses_its_details_until_the_consent_is_renewed()
    {
        var key = await Region.PutAsync(People.Worker(1), Consents.Of(Consents.Given(1)));
        var referral = await Region.ReferAsync(key, City.Id);
        await PassAsync();
        Assert.Equal("K1206", (await City.FindAsync<PlacementEvent>(referral))!.TransferBatch);

        await Region.PutAsync(People.Worker(1), Consents.Of(Consents.Withdrawn(2)), key.Id);
        var first = (await PassAsync())[0];
        var masked = (await City.FindAsync<PlacementEvent>(referral))!;
        Assert.Equal(2, first.Changes.Count);
        Assert.Equal(
            (PlacementEventType.Referred, 1, key.Id.ToString(), ""),
            (masked.Type, masked.HappenedDate.Day, masked.WorkerId, masked.TransferBatch));

        await Region.PutAsync(People.Worker(1), Consents.Of(Consents.Given(3)), key.Id);
        await PassAsync();
        Assert.Equal("K1206", (await City.FindAsync<PlacementEvent>(referral))!.TransferBatch);
    }

    [Theory]
    [InlineData(RemovalReason.Corrected)]
    [InlineData(RemovalReason.Merged)]
    [InlineData(RemovalReason.RetentionOver)]
    public async Task The_partner_is_told_why_a_record_was_deleted(RemovalReason reason)
    {
        var key = await SendWithdrawableAsync();

        await Region.DeleteAsync(key, reason);

        Assert.Equal(reason, (await PassAsync()).Changes().Single(change => change.Removal is not null).Removal.Reason);
    }

    [Fact]
    public async Task Erased_data_is_gone_at_home_with_everything_that_could_bring_it_back()
    {
        var import = new PutScope("cli", "import-1", default, Undoable: true);
        var key = await Region.PutAsync(
            People.Worker(1), FlowNode.Duty, external: new ExternalKey { Source = "ledger", SourceId = "17" });
        var changed = People.Worker(1);
        changed.Phone = "13987654321";
        await Region.PutAsync(changed, id: key.Id, scope: import);
        var referral = await Region.ReferAsync(key, City.Id);

        await EraseAsync(key);

        foreach (var erased in new[] { key, referral })
        {
            var stored = (await Region.Store.GetAsync(erased, default))!;
            Assert.True(stored is { IsTombstone: true, Payload.IsEmpty: true, Keys.Count: 0, PreviousKeys.Count: 0 });
            Assert.Equal(RecordState.Erased, RecordCodec.Envelope(stored).State);
        }

        Assert.Empty(await Region.Store.ReadEntriesAsync(PutScope.Undo, default, default, 10, default));
        var told = await Region.Erasures.GetAsync(key.Id, default);
        Assert.Equal((2u, 0, true), (told.RecordCount, told.Partners.Count, told.Complete));
    }

    [Fact]
    public async Task An_erasure_overtakes_the_feed_and_is_complete_once_the_partner_acknowledged()
    {
        var key = await SendWithdrawableAsync();
        await FillFeedAsync();

        await EraseAsync(key);
        Assert.Equal((2u, 0u, 0u), await PartnerAsync(key));
        var first = (await PassAsync())[0];

        var removals = first.Changes.Where(change => change.Removal is not null).ToList();
        Assert.Equal(2, removals.Count);
        Assert.All(removals, change => Assert.Equal(
            (RemovalReason.ConsentWithdrawn, ulong.MaxValue, Time.GetUtcNow().AddDays(15).ToTimestamp()),
            (change.Removal.Reason, change.Removal.ConsentVersion, change.Removal.DeliverByTime)));
        Assert.Null(await City.FindAsync(key));
        Assert.Equal((2u, 2u, 2u), await PartnerAsync(key));
        Assert.True((await Region.Erasures.GetAsync(key.Id, default)).Complete);
    }

    [Fact]
    public async Task An_erasure_survives_a_partner_that_is_away_for_months_and_is_shown_as_overdue()
    {
        var key = await SendWithdrawableAsync();
        await EraseAsync(key);

        Time.Advance(TimeSpan.FromDays(200));

        var told = await Region.Erasures.GetAsync(key.Id, default);
        var open = (await Region.Flows(Agreement).StatusAsync(City.Id, default)).Retractions;
        Assert.Equal((false, true, 2ul, 2ul), (told.Complete, told.Overdue, open.Open, open.Overdue));
        await PassAsync();
        Assert.True((await Region.Erasures.GetAsync(key.Id, default)) is { Complete: true, Overdue: false });
    }

    [Fact]
    public async Task A_replay_brings_nothing_back_even_after_the_tombstone_is_gone()
    {
        var (key, replayed) = await ReplayAfterErasureAsync();

        Assert.Equal((0u, 3u), (replayed.AppliedCount, replayed.SkippedCount));
        Assert.Null(await City.Store.GetAsync(key, default));
    }

    [Fact]
    public async Task Without_the_fence_a_replay_brings_the_person_back()
    {
        City.Store.Forgets = "fence/";

        var (key, _) = await ReplayAfterErasureAsync();

        Assert.NotNull(await City.FindAsync(key));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_giver_restored_to_before_the_erasure_cannot_bring_the_person_back_with_a_newer_version(
        bool isDuty)
    {
        var key = await SendAsync(isDuty ? FlowNode.Duty : Consents.Of(Consents.Given(1)));
        var before = (await Region.FindAsync(key))!.Clone();
        await EraseAsync(key);
        await PassAsync();

        await Region.StoreAsync(key, before);
        await FlowPass.RunAsync(
            Region, Region.Flows(Agreement).Source(City.Id), City.Flows(Agreement).Sink(Region.Id));

        Assert.Null(await City.FindAsync(key));
    }

    [Fact]
    public async Task A_frozen_person_is_kept_sealed_used_for_nothing_and_comes_back_when_it_is_lifted()
    {
        var key = await SendWithdrawableAsync();
        var payload = (await Region.Store.GetAsync(key, default))!.Payload.ToArray();

        Assert.Equal(2, await Region.Restriction.SetAsync(key.Id, RecordState.Frozen, default));
        await PassAsync();
        Assert.Null(await City.FindAsync(key));
        Assert.Null((await Region.FindAsync(key))!.Payload);
        Assert.Equal(payload, (await Region.Store.GetAsync(key, default))!.Payload.ToArray());
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(
            () => Region.PutAsync(People.Worker(1), id: key.Id));
        Assert.Contains("frozen", refused.Message, StringComparison.Ordinal);

        Assert.Equal(2, await Region.Restriction.SetAsync(key.Id, RecordState.Active, default));
        Assert.Equal(0, await Region.Restriction.SetAsync(key.Id, RecordState.Active, default));
        await PassAsync();
        Assert.NotNull(await City.FindAsync(key));
    }

    [Fact]
    public async Task Retractions_are_open_until_they_are_acknowledged_and_a_cut_loses_none()
    {
        var key = await SendWithdrawableAsync();
        await Region.PutAsync(People.Worker(1), Consents.Of(Consents.Withdrawn(2)), key.Id);
        var asked = Time.GetUtcNow();
        var cursor = await City.Flows(Agreement).Sink(Region.Id).AppliedAsync(default);

        Time.Advance(TimeSpan.FromHours(1));
        var lost = await Region.Flows(Agreement).Source(City.Id).ReadAsync(cursor, default);
        var open = (await Region.Flows(Agreement).StatusAsync(City.Id, default)).Retractions;

        Assert.Contains(lost.Changes, change => change.Removal is not null);
        Assert.Equal(asked.ToUnixTimeMilliseconds(), open.Oldest?.ToUnixTimeMilliseconds());
        await PassAsync();
        Assert.Null((await Region.Flows(Agreement).StatusAsync(City.Id, default)).Retractions.Oldest);
    }

    [Fact]
    public async Task A_late_acknowledgement_of_a_withdrawal_doesnt_close_the_next_one()
    {
        var key = await SendWithdrawableAsync();
        var cursor = await City.Flows(Agreement).Sink(Region.Id).AppliedAsync(default);
        var source = Region.Flows(Agreement).Source(City.Id);
        await Region.PutAsync(People.Worker(1), Consents.Of(Consents.Withdrawn(2)), key.Id);
        var first = await source.ReadAsync(cursor, default);
        await Region.PutAsync(People.Worker(1), Consents.Of(Consents.Withdrawn(3)), key.Id);
        var second = await source.ReadAsync(cursor, default);
        Assert.Contains(second.Changes, change => change.Removal?.Id == key.Id.ToString());

        await source.ConfirmAsync(first, new SyncAck { Sequence = 1, Applied = first.To }, default);
        var between = (await Region.Flows(Agreement).StatusAsync(City.Id, default)).Retractions.Open;
        await source.ConfirmAsync(second, new SyncAck { Sequence = 2, Applied = second.To }, default);

        Assert.NotEqual(0ul, between);
        Assert.Equal(0ul, (await Region.Flows(Agreement).StatusAsync(City.Id, default)).Retractions.Open);
    }

    private async Task<(RecordKey Key, SyncAck Replayed)> ReplayAfterErasureAsync()
    {
        var key = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        await Region.ReferAsync(key, City.Id);
        var old = await PassAsync();
        await EraseAsync(key);
        await PassAsync();
        var head = (await City.Store.GetStatusAsync(default)).Head;
        Assert.Equal(2, await City.Store.PurgeAsync(head, Time.GetUtcNow().AddDays(1), default));
        var replay = new SyncBatch { From = old[0].From, To = old[0].To, Changes = { old.Changes() } };
        return (key, await City.Flows(Agreement).Sink(Region.Id).ApplyAsync(replay, default));
    }

    private Task<RecordKey> SendWithdrawableAsync() => SendAsync(Consents.Of(Consents.Given(1)));

    private async Task<RecordKey> SendAsync(LegalBasis basis)
    {
        var key = await Region.PutAsync(People.Worker(1), basis);
        await Region.ReferAsync(key, City.Id);
        await PassAsync();
        Assert.NotNull(await City.FindAsync(key));
        return key;
    }

    private async Task FillFeedAsync()
    {
        for (var number = 2; number < 7; number++)
        {
            await Region.ReferAsync(await Region.PutAsync(People.Worker(number), FlowNode.Duty), City.Id);
        }
    }

    private Task<ErasureRest> EraseAsync(RecordKey key) => Region.Erasure.EraseAsync(
        key.Id, "request of 2026-03-01", TimeSpan.FromDays(15), withHouseholds: false, default);

    private async Task<(uint Asked, uint Sent, uint Acknowledged)> PartnerAsync(RecordKey key)
    {
        var partner = Assert.Single((await Region.Erasures.GetAsync(key.Id, default)).Partners);
        return (partner.AskedCount, partner.SentCount, partner.AcknowledgedCount);
    }
}
