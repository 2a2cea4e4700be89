using Exchange.Node.Sync;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>
/// A node whose database is put back to a backup, beside the key store of today: that still knows whose keys erasures
/// destroyed.
/// </summary>
public sealed class RestoredBesideKeysTests : RestoreTests
{
    [Fact]
    public async Task Whom_the_backup_never_had_and_the_partner_still_holds_does_not_come_back_from_there()
    {
        var before = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        await Region.ReferAsync(before, City.Id);
        await SyncAsync();
        var backup = await BackUpAsync(Region);
        var person = await Region.PutAsync(People.Worker(2), FlowNode.Duty);
        var referral = await Region.ReferAsync(person, City.Id);
        var stays = await Region.PutAsync(People.Worker(3), FlowNode.Duty);
        await Region.ReferAsync(stays, City.Id);
        await SyncAsync();
        foreach (var erased in new[] { before, person })
        {
            await Region.Erasure.EraseAsync(erased.Id, "request", TimeSpan.FromDays(15), withHouseholds: false, default);
        }

        await RestoreAsync(Region, backup);
        var again = await Region.ErasedBefore.RunAsync(default);
        await SyncAsync();
        await SyncAsync();

        Assert.Equal(1, again);
        foreach (var erased in new[] { before, person, referral })
        {
            Assert.Null(await Region.FindAsync(erased));
            Assert.Null(await City.FindAsync(erased));
        }

        var report = await TakenBackAsync(Region, City);
        Assert.Equal((2ul, 2ul), (report.ReturnedCount, report.ErasedAgainCount));
        Assert.NotNull(await Region.FindAsync(stays));
        Assert.NotNull(await City.FindAsync(stays));
        var fence = await City.Store.GetEntriesAsync(
            Fences.Collection(Region.Id), [RecordKeyBytes.Of(person)], default);
        Assert.True(FenceRow.Read(fence[0]!.Value.Span).IsForGood);
    }
}
