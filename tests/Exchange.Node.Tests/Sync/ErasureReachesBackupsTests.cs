using Exchange.Node.Subjects;
using Exchange.Node.Trust;
using Exchange.Store;
using Exchange.Testing.Stores;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>An erased person can't be read in a backup of before, on either side, and the nodes go on.</summary>
public sealed class ErasureReachesBackupsTests : RestoreTests
{
    [Fact]
    public async Task Whom_a_restored_backup_brings_back_nobody_can_read_and_is_erased_again()
    {
        var (gone, stays) = (await ReferredAsync(1), await ReferredAsync(2));
        await SyncAsync();
        var backup = await BackUpAsync(Region);
        await EraseAsync(gone);
        await SyncAsync();

        await RestoreAsync(Region, backup);
        var stored = (await Region.Store.GetAsync(gone, default))!;
        var seen = Region.Codec.Decode(stored);
        var erased = await Region.ErasedBefore.RunAsync(default);

        Assert.False(stored.IsTombstone);
        Assert.Throws<KeyDestroyedException>(() => Region.Codec.Payload(stored));
        Assert.Equal((RecordState.Erased, null), (seen.State, seen.Payload));
        Assert.Equal(1, erased);
        Assert.True((await Region.Store.GetAsync(gone, default))!.IsTombstone);
        Assert.Equal(People.Worker(2).Name, (await Region.FindAsync<Worker>(stays))!.Name);
        await SyncAsync();
        Assert.Null(await City.FindAsync(gone));
        Assert.NotNull(await City.FindAsync(stays));
        Assert.Equal(0, await Region.ErasedBefore.RunAsync(default));
    }

    [Fact]
    public async Task What_was_taken_back_cant_be_read_in_the_receivers_backup_either()
    {
        var (gone, stays) = (await ReferredAsync(1), await ReferredAsync(2));
        await SyncAsync();
        var backup = await BackUpAsync(City);
        await EraseAsync(gone);
        await SyncAsync();

        await RestoreAsync(City, backup);
        var stored = (await City.Store.GetAsync(gone, default))!;

        Assert.False(stored.IsTombstone);
        Assert.Throws<KeyDestroyedException>(() => City.Codec.Payload(stored));
        Assert.Equal(RecordState.Erased, City.Codec.Decode(stored).State);
        Assert.Equal(0, await City.ErasedBefore.RunAsync(default));
        await SyncAsync();
        Assert.Null(await City.FindAsync(gone));
        Assert.NotNull((await City.FindAsync(stays))!.Payload);
    }

    [Fact]
    public async Task An_erasure_that_is_cut_off_before_its_keys_are_gone_is_finished_at_the_next_start()
    {
        var key = await ReferredAsync(1);
        var before = (await Region.Store.GetAsync(key, default))!;
        Region.Store.Next = Fault.AfterCommit;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => EraseAsync(key));
        Assert.NotEqual(0, Region.Codec.Payload(before).Length);

        await ReopenAsync(Region);
        await Region.ErasedBefore.RunAsync(default);

        Assert.Throws<KeyDestroyedException>(() => Region.Codec.Payload(before));
    }

    [Fact]
    public async Task What_another_node_has_recorded_of_the_person_is_under_a_key_of_its_own()
    {
        var worker = await ReferredAsync(1);
        await SyncAsync();
        var started = Region.Referral(worker, City.Id);
        started.Type = PlacementEventType.Started;
        var key = await City.PutAsync(started, FlowNode.Duty);
        await SyncAsync();
        var (here, there) = ((await Region.Store.GetAsync(key, default))!, (await City.Store.GetAsync(key, default))!);

        await EraseAsync(worker);
        await SyncAsync();

        Assert.NotEqual(0, Region.Codec.Payload(here).Length);
        Assert.NotEqual(0, City.Codec.Payload(there).Length);
        Assert.False((await City.Store.GetAsync(key, default))!.IsTombstone);
    }

    [Fact]
    public async Task What_is_to_stay_under_a_key_that_goes_is_sealed_under_the_next_and_moves_nowhere()
    {
        var worker = await ReferredAsync(1);
        await SyncAsync();
        var before = (await Region.Store.GetAsync(worker, default))!;

        Assert.True(await Region.Retirements.QueueAsync(worker.Id, default));
        Assert.Equal(1, await Region.Retirements.RunAsync(default));

        var after = (await Region.Store.GetAsync(worker, default))!;
        Assert.Throws<KeyDestroyedException>(() => Region.Codec.Payload(before));
        Assert.Equal(People.Worker(1).Name, (await Region.FindAsync<Worker>(worker))!.Name);
        Assert.Equal(
            (before.Version, before.Revision, before.Position), (after.Version, after.Revision, after.Position));
        await SyncAsync();
    }

    [Fact]
    public async Task A_write_under_a_key_that_is_being_destroyed_is_sealed_under_the_next()
    {
        var key = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        var stored = (await Region.Store.GetAsync(key, default))!;
        Region.DataKeys.Retire(key.Id);

        await Region.Store.CommitAsync(
            new Commit
            {
                Puts = [new RecordPut { Key = key, Envelope = stored.Envelope, Payload = stored.Payload }],
            },
            default);
        await Region.DataKeys.DestroyAsync(new Dictionary<Guid, uint> { [key.Id] = 1 }, default);

        Assert.Equal(People.Worker(1).Name, (await Region.FindAsync<Worker>(key))!.Name);
    }

    private async Task<RecordKey> ReferredAsync(int number)
    {
        var worker = await Region.PutAsync(People.Worker(number), FlowNode.Duty);
        await Region.ReferAsync(worker, City.Id);
        return worker;
    }

    private Task<ErasureRest> EraseAsync(RecordKey worker) => Region.Erasure.EraseAsync(
        worker.Id, "asked", TimeSpan.FromDays(15), withHouseholds: false, default);
}
