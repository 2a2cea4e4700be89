using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Sync.HardCases;

/// <summary>
/// Yesterday's backup is restored: positions repeat with other content, and only the partner knows what happened since.
/// One session, and both sides hold the same again.
///
/// Guards, tried by taking them away but for a few: a whole record is never replaced by a part of one, what is gone or
/// withdrawn stays so, a renewal isn't undone (<c>ReturnRules</c>), what comes back is marked (<c>ReturnTaker</c>), and
/// both sides forget what out of turn was held (<c>OutgoingLedger.Resume</c>). What the backup itself had, and who may
/// say something back only once, is held by <c>ReturnTakerTests</c>.
/// </summary>
public sealed class Case08_RestoredBackup : RestoreTests
{
    [Fact]
    public async Task What_only_the_partner_still_holds_comes_back_as_it_has_it_and_marked_partial()
    {
        var backup = await BackUpAsync(Region);
        var worker = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        var referral = await Region.ReferAsync(worker, City.Id);
        await SyncAsync();
        var held = await City.FindAsync<Worker>(worker);

        await RestoreAsync(Region, backup);
        var (ours, theirs) = await SyncAsync();

        var record = await Region.FindAsync(worker);
        Assert.True(record!.Projection.Partial);
        Assert.Equal(Region.Id, record.HomeNode);
        Assert.Equal(held, record.Payload.Unpack<Worker>());
        Assert.True((await Region.FindAsync(referral))!.Projection.Partial);
        Assert.NotNull(await City.FindAsync(worker));
        Assert.Equal((2ul, 2ul), (ours.Returned, theirs.Returned));
        Assert.Equal((2ul, true), await CountsAsync());
    }

    [Fact]
    public async Task What_was_erased_after_the_backup_is_erased_again()
    {
        var worker = await ReferredAsync(1);
        await SyncAsync();
        var backup = await BackUpAsync(Region);
        await Region.DeleteAsync(worker);
        var gone = await ReferredAsync(2);
        await SyncAsync();
        await Region.DeleteAsync(gone);
        await SyncAsync();

        await RestoreAsync(Region, backup);
        Assert.NotNull(await Region.FindAsync(worker));
        await SyncAsync();

        foreach (var key in new[] { worker, gone })
        {
            Assert.Null(await Region.FindAsync(key));
            Assert.Null(await City.FindAsync(key));
        }

        Assert.Equal(1ul, (await TakenBackAsync(Region, City)).ErasedAgainCount);
    }

    [Fact]
    public async Task A_consent_that_was_withdrawn_after_the_backup_is_withdrawn_again_with_its_version()
    {
        var worker = await Region.PutAsync(People.Worker(1), Consented(1, withdrawn: false));
        await Region.ReferAsync(worker, City.Id);
        await SyncAsync();
        var backup = await BackUpAsync(Region);
        await Region.PutAsync(People.Worker(1), Consented(2, withdrawn: true), worker.Id);
        await SyncAsync();
        Assert.Null(await City.FindAsync(worker));

        await RestoreAsync(Region, backup);
        await SyncAsync();

        var record = await Region.FindAsync(worker);
        Assert.Equal(People.Worker(1), record!.Payload.Unpack<Worker>());
        Assert.Contains(record.LegalBasis.Consents, consent => consent is { Version: 2, Withdrawn: true });
        Assert.Null(await City.FindAsync(worker));
        Assert.Equal(1ul, (await TakenBackAsync(Region, City)).ErasedAgainCount);
    }

    [Fact]
    public async Task A_consent_that_was_renewed_since_isnt_killed_by_the_older_withdrawal()
    {
        var worker = await Region.PutAsync(People.Worker(1), Consented(1, withdrawn: false));
        await Region.ReferAsync(worker, City.Id);
        await SyncAsync();
        var backup = await BackUpAsync(Region);
        await Region.PutAsync(People.Worker(1), Consented(2, withdrawn: true), worker.Id);
        await SyncAsync();

        await RestoreAsync(Region, backup);
        await Region.PutAsync(People.Worker(1), Consented(3, withdrawn: false), worker.Id);
        await SyncAsync();

        Assert.NotNull(await City.FindAsync(worker));
        Assert.Equal(0ul, (await TakenBackAsync(Region, City)).ErasedAgainCount);
    }

    [Fact]
    public async Task An_older_whole_record_stays_whole_and_the_partner_takes_it_again()
    {
        var worker = await ReferredAsync(1);
        await SyncAsync();
        var backup = await BackUpAsync(Region);
        var changed = People.Worker(1);
        changed.Phone = "13900000000";
        await Region.PutAsync(changed, FlowNode.Duty, worker.Id);
        await SyncAsync();

        await RestoreAsync(Region, backup);
        await SyncAsync();

        var record = await Region.FindAsync(worker);
        Assert.Null(record!.Projection);
        Assert.Equal(People.Worker(1), record.Payload.Unpack<Worker>());
        Assert.Equal(record.Version, (await City.FindAsync(worker))!.Version);
        Assert.Equal(1ul, (await TakenBackAsync(Region, City)).RestampedCount);
    }

    [Fact]
    public async Task What_the_restored_side_had_taken_is_complete_again()
    {
        await City.PutAsync(People.Vacancy(1));
        await SyncAsync();
        var dropped = await City.PutAsync(People.Vacancy(2));
        await SyncAsync();
        var backup = await BackUpAsync(Region);
        var late = await City.PutAsync(People.Vacancy(3));
        await City.DeleteAsync(dropped);
        await SyncAsync();

        await RestoreAsync(Region, backup);
        await SyncAsync();

        Assert.NotNull(await Region.FindAsync(late));
        Assert.Null(await Region.FindAsync(dropped));
    }

    [Fact]
    public async Task The_events_of_both_sides_are_on_both_sides_again()
    {
        var worker = await ReferredAsync(1);
        await SyncAsync();
        var backup = await BackUpAsync(Region);
        var lost = await ReferredAsync(2);
        await SyncAsync();
        var theirs = await City.PutAsync(Started(lost), FlowNode.Duty);
        await SyncAsync();

        await RestoreAsync(Region, backup);
        await SyncAsync();

        Assert.NotNull(await Region.FindAsync(theirs));
        Assert.NotNull(await Region.FindAsync(lost));
        Assert.NotNull(await City.FindAsync(worker));
        Assert.NotNull(await City.FindAsync(lost));
    }

    [Fact]
    public async Task The_receiving_side_may_be_the_restored_one()
    {
        var backup = await BackUpAsync(City);
        var vacancy = await City.PutAsync(People.Vacancy(1));
        var worker = await ReferredAsync(1);
        await SyncAsync();
        var removed = await ReferredAsync(2);
        await SyncAsync();
        await Region.DeleteAsync(removed);
        await SyncAsync();

        await RestoreAsync(City, backup);
        await SyncAsync();

        Assert.True((await City.FindAsync(vacancy))!.Projection.Partial);
        Assert.NotNull(await City.FindAsync(worker));
        Assert.Null(await City.FindAsync(removed));
        Assert.Equal(1ul, (await GivenBackAsync(Region, City)).ReturnedCount);
    }

    [Fact]
    public async Task What_came_out_of_turn_after_the_backup_comes_again_and_needs_no_repair()
    {
        var worker = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        await SyncAsync();
        var backup = await BackUpAsync(City);
        await Region.ReferAsync(worker, City.Id);
        await SyncAsync();
        Assert.NotNull(await City.FindAsync(worker));

        await RestoreAsync(City, backup);
        var (caller, _) = await SyncAsync();

        Assert.NotNull(await City.FindAsync(worker));
        Assert.Equal(0ul, caller.Found.Count);
    }

    [Fact]
    public async Task Both_sides_may_be_restored_at_once()
    {
        await ReferredAsync(1);
        var (ours, theirs) = (await BackUpAsync(Region), await BackUpAsync(City));
        await City.PutAsync(People.Vacancy(1));
        await ReferredAsync(2);
        await SyncAsync();
        var kept = (await BackUpAsync(City), await ReferredAsync(3), await City.PutAsync(People.Vacancy(2))).Item1;
        await SyncAsync();

        await RestoreAsync(Region, ours);
        await RestoreAsync(City, kept);
        await SyncAsync();
        await RestoreAsync(City, theirs);
        await SyncAsync();

        var (again, _) = await SyncAsync();
        Assert.Equal((0ul, 0ul, 0ul), (again.Sent, again.Received, again.Returned));
    }

    [Fact]
    public async Task A_view_that_changed_without_a_new_version_after_the_backup_is_sent_once_more()
    {
        var worker = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        var referral = await Region.ReferAsync(worker, City.Id);
        await SyncAsync();
        var backup = await BackUpAsync(Region);
        Agreement = Narrower();
        await SyncAsync();
        Assert.Equal("", (await City.FindAsync<Worker>(worker))!.Phone);

        await RestoreAsync(Region, backup);
        Agreement = Agreements.SampleAgreements.City(version: 3);
        var (caller, _) = await SyncAsync();

        Assert.Equal(0ul, caller.Found.Count);
        Assert.NotEqual("", (await City.FindAsync<Worker>(worker))!.Phone);
        Assert.NotNull(await City.FindAsync(referral));
    }

    [Fact]
    public async Task A_restore_is_told_by_both_and_once()
    {
        var backup = await BackUpAsync(Region);
        await ReferredAsync(1);
        await SyncAsync();
        await RestoreAsync(Region, backup);

        var (first, _) = await SyncAsync();
        var (second, other) = await SyncAsync();

        Assert.True(first.IsRestored);
        Assert.False(second.IsRestored || other.IsPeerRestored);
        Assert.Equal((0ul, 0ul, 0ul), (second.Sent, second.Received, second.Returned));
        var taken = await TakenBackAsync(Region, City);
        Assert.Equal(Region.Store.Epoch.ToString(), taken.Epoch);
        Assert.Equal(EpochTime.Of(Region.Store.Epoch), taken.RestoredTime.ToDateTimeOffset());
        Assert.Equal((2ul, true), (taken.ReturnedCount, taken.IsComplete));
    }

    [Fact]
    public async Task A_return_that_is_cut_goes_on_where_it_was()
    {
        var backup = await BackUpAsync(City);
        for (var i = 0; i < 2_100; i++)
        {
            await City.PutAsync(People.Vacancy(i));
        }

        await SyncAsync();
        await RestoreAsync(City, backup);

        // Its Hello, its list of what it put aside and the ack of one batch, then nothing.
        await FlowSession.TryAsync(Region, City, Agreement, Time, maxFrames: 3);
        var half = await TakenBackAsync(City, Region);
        var (_, rest) = await SyncAsync();

        Assert.False(half.IsComplete);
        Assert.InRange(half.ReturnedCount, 1_000ul, 2_099ul);
        Assert.InRange(rest.Returned, 1ul, 1_199ul);
        Assert.Equal((2_100ul, true), (
            (await TakenBackAsync(City, Region)).ReturnedCount, (await TakenBackAsync(City, Region)).IsComplete));
    }

    [Fact]
    public async Task A_replica_that_lagged_is_promoted_as_a_backup_is_restored()
    {
        var worker = await ReferredAsync(1);
        await SyncAsync();
        var replica = await BackUpAsync(Region);
        await Region.DeleteAsync(worker);
        var late = await ReferredAsync(2);
        await SyncAsync();

        await RestoreAsync(Region, replica);
        await Region.PutAsync(People.Worker(3), FlowNode.Duty);
        await SyncAsync();

        Assert.Null(await Region.FindAsync(worker));
        Assert.True((await Region.FindAsync(late))!.Projection.Partial);
    }

    [Fact]
    public async Task A_record_that_came_back_half_is_whole_once_its_home_writes_it()
    {
        var backup = await BackUpAsync(Region);
        var worker = await ReferredAsync(1);
        await SyncAsync();
        await RestoreAsync(Region, backup);
        await SyncAsync();

        await Region.PutAsync(People.Worker(1), FlowNode.Duty, worker.Id);
        await SyncAsync();

        Assert.Null((await Region.FindAsync(worker))!.Projection);
        Assert.False((await City.FindAsync(worker))!.Projection.Partial);
    }

    private async Task<RecordKey> ReferredAsync(int number)
    {
        var worker = await Region.PutAsync(People.Worker(number), FlowNode.Duty);
        await Region.ReferAsync(worker, City.Id);
        return worker;
    }

    private PlacementEvent Started(RecordKey worker) => new()
    {
        PlacementId = Guid.CreateVersion7(Time.GetUtcNow()).ToString(),
        WorkerId = worker.Id.ToString(),
        VacancyId = Guid.CreateVersion7(Time.GetUtcNow()).ToString(),
        SendingNode = Region.Id,
        ReceivingNode = City.Id,
        Type = PlacementEventType.Started,
        HappenedDate = new Google.Type.Date { Year = 2026, Month = 3, Day = 2 },
    };

    private async Task<(ulong, bool)> CountsAsync()
    {
        var (taken, given) = (await TakenBackAsync(Region, City), await GivenBackAsync(City, Region));
        Assert.Equal((taken.Epoch, taken.ReturnedCount), (given.Epoch, given.ReturnedCount));
        return (taken.ReturnedCount, taken.IsComplete && given.IsComplete);
    }

    private static LegalBasis Consented(ulong version, bool withdrawn)
    {
        var basis = new LegalBasis { Kind = LegalBasisKind.Consent };
        basis.Consents.Add(new Consent
        {
            Version = version,
            RecipientNode = Agreements.SampleAgreements.Town,
            Purpose = "placement",
            Withdrawn = withdrawn,
        });
        return basis;
    }

    private static Agreement Narrower()
    {
        var agreement = Agreements.SampleAgreements.City(version: 2);
        var fields = agreement.Flows[0].Kinds.Single(rule => rule.Kind == "worker").Fields;
        fields.Remove(fields.Single(rule => rule.Number == Worker.PhoneFieldNumber));
        return agreement;
    }
}
