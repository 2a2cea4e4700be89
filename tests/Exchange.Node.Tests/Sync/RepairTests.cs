using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>What is changed behind a node's back is found by counting anew, named with its cause, and repaired.</summary>
public sealed class RepairTests : FlowTests
{
    [Fact]
    public async Task Nothing_is_found_and_nothing_is_sent_when_nothing_differs()
    {
        await GiveAsync(5);

        var found = await RepairAsync();

        Assert.Equal(0ul, found.Count);
        Assert.Empty(await EntriesAsync(City, RepairQueue.Collection(Region.Id)));
    }

    [Fact]
    public async Task A_damaged_payload_at_the_receiver_is_sent_again()
    {
        var keys = await GiveAsync(5);
        await ChangeAsync(Region, keys[2], stored => Flip(stored.Payload));

        AssertFound(RepairCause.DamagedAtReceiver, keys[2], "zhaotong", repaired: true, await RepairAsync());

        Assert.Equal("制鞋工2", (await Region.FindAsync<Vacancy>(keys[2]))!.Title);
        Assert.Equal(0ul, (await RepairAsync()).Count);
    }

    [Fact]
    public async Task A_sealed_payload_that_cant_be_opened_is_sent_again()
    {
        var person = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        await Region.ReferAsync(person, City.Id);
        await PassAsync();
        await ChangeAsync(City, person, stored => Flip(stored.Payload));

        var found = await RepairPass.RunAsync(Region, City, Agreement);

        AssertFound(RepairCause.DamagedAtReceiver, person, "dongguan", repaired: true, found);
        Assert.StartsWith("王", (await City.FindAsync<Worker>(person))!.Name, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_note_of_what_came_is_set_right_with_the_sum_that_counts_it()
    {
        var keys = await GiveAsync(3);
        await ChangeAsync(Region, keys[0], stored => stored.Payload, stored => Flip(stored.Envelope, at: 5));

        var found = await RepairAsync();

        Assert.Contains(found.Items, item => item.Cause == RepairCause.DamagedAtReceiver && item.Repaired);
        Assert.Contains(found.Items, item => item.Cause == RepairCause.SumWrongAtReceiver && item.Repaired);
        Assert.Equal(0ul, found.UnrepairedCount);
        Assert.Equal(0ul, (await RepairAsync()).Count);
    }

    [Fact]
    public async Task An_envelope_that_cant_be_read_doesnt_keep_the_record_from_being_replaced()
    {
        var keys = await GiveAsync(3);
        await ChangeAsync(Region, keys[0], stored => stored.Payload, _ => new byte[] { 200, 1, 2 });

        var found = await RepairAsync();

        Assert.Equal(0ul, found.UnrepairedCount);
        Assert.Equal("制鞋工0", (await Region.FindAsync<Vacancy>(keys[0]))!.Title);
    }

    [Fact]
    public async Task A_record_that_the_receiver_lost_is_sent_again()
    {
        var keys = await GiveAsync(5);
        await LoseAsync(Region, keys[4]);

        var found = await RepairAsync();

        Assert.Contains(found.Items, item => item.Cause == RepairCause.MissingAtReceiver && item.Repaired);
        Assert.NotNull(await Region.FindAsync(keys[4]));
    }

    [Fact]
    public async Task A_receiver_that_lost_everything_gets_everything_again()
    {
        var keys = await GiveAsync(1_300);
        foreach (var key in keys)
        {
            await LoseAsync(Region, key);
        }

        var found = await RepairAsync();

        Assert.Equal((1_301ul, 0ul, 100), (found.Count, found.UnrepairedCount, found.Items.Count));
        Assert.NotNull(await Region.FindAsync(keys[^1]));
    }

    [Fact]
    public async Task A_record_that_the_register_took_back_is_taken_back_again()
    {
        var keys = await GiveAsync(2);
        var held = await Region.Store.GetAsync(keys[0], default);
        await City.DeleteAsync(keys[0]);
        await PassBackAsync();
        await PutBackAsync(Region, held!);

        var found = await RepairAsync();

        Assert.Contains(found.Items, item => item.Cause == RepairCause.WithdrawnAtGiver && item.Repaired);
        Assert.Null(await Region.FindAsync(keys[0]));
    }

    [Fact]
    public async Task A_record_that_nobody_gave_is_taken_back_and_the_removal_stands_in_the_register_first()
    {
        await GiveAsync(1);
        var stray = new RecordKey("vacancy", Guid.CreateVersion7());
        await TakeAsync(Incoming.Vacancy(stray.Id, Time.GetUtcNow(), 9).Change());

        var found = await RepairAsync();

        AssertFound(RepairCause.UnknownToGiver, stray, "dongguan", repaired: true, found);
        Assert.Null(await Region.FindAsync(stray));
        var rows = await DisclosureRegister.FindAsync(
            City.Store, Region.Id, [RecordKeyBytes.Of(stray)], default);
        Assert.True(rows[0]!.IsWithdrawn);
    }

    [Fact]
    public async Task A_damaged_record_that_nobody_gave_is_found_although_it_is_in_no_sum()
    {
        await GiveAsync(1);
        var stray = new RecordKey("vacancy", Guid.CreateVersion7());
        await TakeAsync(Incoming.Vacancy(stray.Id, Time.GetUtcNow(), 9).Change());
        await ChangeAsync(Region, stray, stored => Flip(stored.Payload));

        AssertFound(RepairCause.UnknownToGiver, stray, "dongguan", repaired: true, await RepairAsync());

        Assert.Null(await Region.FindAsync(stray));
    }

    [Fact]
    public async Task What_a_restored_giver_may_have_lost_is_not_taken_back_from_the_only_one_who_holds_it()
    {
        await GiveAsync(1);
        await City.Store.BeginEpochAsync(default);
        await PassBackAsync();
        var stray = new RecordKey("vacancy", Guid.CreateVersion7());
        await TakeAsync(Incoming.Vacancy(stray.Id, Time.GetUtcNow(), 9).Change());

        var found = await RepairAsync();

        Assert.Contains(found.Items, item => item.Cause == RepairCause.MissingAtGiver && !item.Repaired);
        Assert.NotNull(await Region.FindAsync(stray));
    }

    [Fact]
    public async Task A_damaged_own_record_is_reported_and_the_receivers_sound_view_stays()
    {
        var keys = await GiveAsync(3);
        await ChangeAsync(City, keys[1], stored => Flip(stored.Payload));

        var found = await RepairAsync();

        AssertFound(RepairCause.ContentDiffersAtGiver, keys[1], "dongguan", repaired: false, found);
        Assert.Equal("制鞋工1", (await Region.FindAsync<Vacancy>(keys[1]))!.Title);
    }

    [Fact]
    public async Task A_record_damaged_on_both_sides_cant_be_repaired_and_the_pass_ends()
    {
        var keys = await GiveAsync(3);
        await ChangeAsync(City, keys[1], stored => Flip(stored.Payload));
        await ChangeAsync(Region, keys[1], stored => Flip(stored.Payload));

        var found = await RepairAsync();

        AssertFound(RepairCause.ContentDiffersAtGiver, keys[1], "dongguan", repaired: false, found);
    }

    [Fact]
    public async Task Somebody_whose_sight_has_ended_is_taken_back_by_a_repair_and_never_sent_again()
    {
        var person = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        var referral = await Region.ReferAsync(person, City.Id);
        await PassAsync();
        var held = (await City.Store.GetAsync(person, default))!;
        await VoidAsync(referral);
        await PassAsync();
        Assert.Null(await City.FindAsync(person));

        await PutBackAsync(City, held);
        await RepairPass.RunAsync(Region, City, Agreement);

        Assert.Null(await City.FindAsync(person));
    }

    [Fact]
    public async Task Somebody_taken_back_above_the_version_that_there_is_can_be_given_again()
    {
        var person = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        var referral = await Region.ReferAsync(person, City.Id);
        await PassAsync();
        var held = (await City.Store.GetAsync(person, default))!;
        await VoidAsync(referral);
        await PassAsync();
        await PutBackAsync(City, held, later: 1 << 16);
        await RepairPass.RunAsync(Region, City, Agreement);
        Assert.Null(await City.FindAsync(person));

        await Region.ReferAsync(person, City.Id);
        await PassAsync();

        Assert.NotNull(await City.FindAsync(person));
        Assert.Equal(0ul, (await RepairPass.RunAsync(Region, City, Agreement)).Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_wrong_running_sum_is_counted_anew(bool isGivers)
    {
        await GiveAsync(3);
        var (node, collection) = isGivers
            ? (City, OutgoingState.DigestCollection(Region.Id))
            : (Region, IncomingState.DigestCollection(City.Id));
        var sums = await DigestSums.LoadAsync(node.Store, collection, default);
        sums.Add(17, 4711);
        var entries = new List<EntryWrite>();
        sums.WriteChanges(collection, entries);
        await node.Store.CommitAsync(new Commit { Entries = entries }, default);

        var found = await RepairAsync();

        var cause = isGivers ? RepairCause.SumWrongAtGiver : RepairCause.SumWrongAtReceiver;
        Assert.Equal((cause, node.Id, true), Assert.Single(found.Items.Select(i => (i.Cause, i.Node, i.Repaired))));
        await FlowPass.AssertSameAsync(
            City.Flows(Agreement).Source(Region.Id), Region.Flows(Agreement).Sink(City.Id));
    }

    [Fact]
    public async Task A_register_row_that_was_changed_is_sent_again_so_that_both_agree()
    {
        var keys = await GiveAsync(3);
        var key = RecordKeyBytes.Of(keys[0]);
        var row = (await DisclosureRegister.FindAsync(City.Store, Region.Id, [key], default))[0]!;
        await City.Store.CommitAsync(
            new Commit { Entries = [DisclosureRegister.Write(Region.Id, key, row with { Item = row.Item ^ 1 })] },
            default);

        var found = await RepairAsync();

        Assert.Contains(found.Items, item => item.Cause == RepairCause.ViewDiffersAtGiver && item.Repaired);
        Assert.Equal(0ul, (await RepairAsync()).Count);
    }

    [Fact]
    public async Task What_waits_in_quarantine_is_told_and_one_from_a_clock_ahead_isnt_overwritten()
    {
        var keys = await GiveAsync(2);
        var change = Incoming.Vacancy(keys[0].Id, Time.GetUtcNow().AddHours(1), 1).Change();
        await TakeAsync(change);
        var entry = Assert.Single(await EntriesAsync(Region, QuarantineRow.Collection(City.Id)));
        var row = QuarantineRow.Read(entry.Value.Span);
        var damaged = row with { Sealed = Flip(row.Sealed) };
        await Region.Store.CommitAsync(
            new Commit { Entries = [new EntryWrite(QuarantineRow.Collection(City.Id), entry.Key, damaged.ToBytes())] },
            default);

        var found = await RepairAsync();

        Assert.Contains(
            found.Items,
            item => item.Id == keys[0].Id.ToString() && item.Cause == RepairCause.NewerAtReceiver && !item.Repaired);
    }

    [Fact]
    public async Task A_repair_that_is_cut_is_finished_by_the_next_session()
    {
        var keys = await GiveAsync(3);
        await LoseAsync(Region, keys[0]);
        var source = City.Flows(Agreement).Source(Region.Id);
        await City.Store.CommitAsync(
            new Commit { Entries = [RepairQueue.Add(Region.Id, RecordKeyBytes.Of(keys[0]), HeldView.Nothing)] }, default);

        // The page is read and registered, but never arrives.
        var sink = Region.Flows(Agreement).Sink(City.Id);
        Assert.Single((await source.ReadAsync(await sink.AppliedAsync(default), default)).Changes);
        await FlowPass.RunAsync(City, City.Flows(Agreement).Source(Region.Id), sink);

        Assert.NotNull(await Region.FindAsync(keys[0]));
        Assert.Empty(await EntriesAsync(City, RepairQueue.Collection(Region.Id)));
    }

    private async Task<List<RecordKey>> GiveAsync(int vacancies)
    {
        var keys = new List<RecordKey>();
        for (var i = 0; i < vacancies; i++)
        {
            keys.Add(await City.PutAsync(People.Vacancy(i)));
        }

        await PassBackAsync();
        return keys;
    }

    private async Task VoidAsync(RecordKey referral)
    {
        var mistake = (await Region.FindAsync<PlacementEvent>(referral))!.Clone();
        (mistake.Type, mistake.VoidedEventId) = (PlacementEventType.RecordedInError, referral.Id.ToString());
        await Region.PutAsync(mistake, FlowNode.Duty);
    }

    // As if the city had sent it.
    private async Task TakeAsync(SyncChange change)
    {
        var sink = Region.Flows(Agreement).Sink(City.Id);
        var at = await sink.AppliedAsync(default);
        await sink.ApplyAsync(new SyncBatch { From = at, To = at, Changes = { change } }, default);
    }

    private Task<SyncRepairs> RepairAsync() => RepairPass.RunAsync(City, Region, Agreement);

    private static void AssertFound(
        RepairCause cause, RecordKey key, string node, bool repaired, SyncRepairs found)
    {
        var item = Assert.Single(found.Items);
        Assert.Equal(
            (cause, key.Kind, key.Id.ToString(), node, repaired),
            (item.Cause, item.Kind, item.Id, item.Node, item.Repaired));
        Assert.Equal((1ul, repaired ? 0ul : 1ul), (found.Count, found.UnrepairedCount));
    }

    private static async Task<IReadOnlyList<Entry>> EntriesAsync(FlowNode node, string collection) =>
        await node.Store.ReadEntriesAsync(collection, default, default, 100, default);

    /// <summary>Changes stored bytes past the program; everything else of the record stays.</summary>
    private static async Task ChangeAsync(
        FlowNode node,
        RecordKey key,
        Func<StoredRecord, ReadOnlyMemory<byte>> payload,
        Func<StoredRecord, ReadOnlyMemory<byte>>? envelope = null)
    {
        var stored = (await node.Store.GetAsync(key, default))!;
        await PutAsync(node, stored, payload(stored), envelope?.Invoke(stored) ?? stored.Envelope, isTombstone: false);
    }

    // The store's interface can't make a record vanish; a bare tombstone of the same version is as good.
    private static async Task LoseAsync(FlowNode node, RecordKey key)
    {
        var stored = (await node.Store.GetAsync(key, default))!;
        await PutAsync(node, stored, default, stored.Envelope, isTombstone: true);
    }

    private static Task<CommitResult> PutBackAsync(FlowNode node, StoredRecord stored, ulong later = 0) =>
        PutAsync(node, stored, stored.Payload, stored.Envelope, isTombstone: false, later);

    private static Task<CommitResult> PutAsync(
        FlowNode node,
        StoredRecord stored,
        ReadOnlyMemory<byte> payload,
        ReadOnlyMemory<byte> envelope,
        bool isTombstone,
        ulong later = 0)
    {
        var put = new RecordPut
        {
            Key = stored.Key,
            Version = stored.Version with { Clock = stored.Version.Clock + later },
            Revision = stored.Revision,
            IsTombstone = isTombstone,
            Envelope = envelope,
            Payload = payload,
            Keys = isTombstone ? [] : stored.Keys,
        };
        return node.Store.CommitAsync(new Commit { Puts = [put] }, default);
    }

    private static byte[] Flip(ReadOnlyMemory<byte> bytes, int? at = null)
    {
        var changed = bytes.ToArray();
        changed[at ?? (changed.Length / 2)] ^= 0x10;
        return changed;
    }
}
