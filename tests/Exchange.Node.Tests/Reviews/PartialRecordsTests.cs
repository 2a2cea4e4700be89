using Exchange.Node.Errors;
using Exchange.Node.Reviews;
using Exchange.Node.Tests.Sync;
using Exchange.Store;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Reviews;

/// <summary>Records that only a partner still had after a restore: listed until somebody has made them whole.</summary>
public sealed class PartialRecordsTests : RestoreTests
{
    private PartialRecords Partial => Region.Partial;

    [Fact]
    public async Task What_came_back_is_listed_with_the_partner_that_gave_it_back_in_pages()
    {
        var keys = await ComeBackAsync(workers: 3);

        var all = new List<PartialRecord>();
        QueryCursor? next = null;
        do
        {
            (var page, next) = await Partial.ReadAsync("", "", 2, next, default);
            Assert.InRange(page.Count, 0, 2);
            all.AddRange(page);
        }
        while (next is not null);

        Assert.Equal(6, all.Count);
        Assert.All(all, record => Assert.Equal(City.Id, record.Peer));
        Assert.Equal(
            keys.Order(), all.Where(record => record.Kind == "worker").Select(record => Guid.Parse(record.Id)).Order());
        Assert.Equal(3, (await ListAsync(kind: "worker")).Count);
        Assert.Empty(await ListAsync(peer: "elsewhere"));
        Assert.Equal(6, await Partial.CountAsync(City.Id, default));
    }

    [Fact]
    public async Task A_record_that_is_written_whole_or_deleted_leaves_the_list()
    {
        var keys = await ComeBackAsync(workers: 2);

        await Region.PutAsync(People.Worker(1), FlowNode.Duty, keys[0]);
        await Region.DeleteAsync(new RecordKey("worker", keys[1]));

        Assert.Empty(await ListAsync(kind: "worker"));
    }

    [Fact]
    public async Task A_masked_record_cant_be_confirmed_and_one_that_is_whole_can()
    {
        var keys = await ComeBackAsync(workers: 1);
        var referral = Assert.Single(await ListAsync(kind: "placement_event"));
        var key = new RecordKey("placement_event", Guid.Parse(referral.Id));

        var error = await Assert.ThrowsAsync<ExchangeException>(
            () => Partial.ConfirmAsync(new RecordKey("worker", keys[0]), default));
        var etag = await Partial.ConfirmAsync(key, default);

        Assert.Contains(error.Violations, violation => violation.Field == "name");
        Assert.Equal(etag, (await Region.FindAsync(key))!.Etag);
        Assert.False((await Region.FindAsync(key))!.Projection is { Partial: true });
        Assert.Empty(await ListAsync(kind: "placement_event"));
        Assert.Equal(etag, await Partial.ConfirmAsync(key, default));
        await SyncAsync();
    }

    [Fact]
    public async Task What_isnt_there_or_isnt_ours_cant_be_confirmed()
    {
        var vacancy = await City.PutAsync(People.Vacancy(1));
        await SyncAsync();

        var unknown = await Assert.ThrowsAsync<ExchangeException>(
            () => Partial.ConfirmAsync(new RecordKey("worker", Guid.CreateVersion7()), default));
        var foreign = await Assert.ThrowsAsync<ExchangeException>(() => Partial.ConfirmAsync(vacancy, default));

        Assert.Equal(ErrorReason.RecordNotFound, unknown.Reason);
        Assert.Equal(ErrorReason.NotHomeNode, foreign.Reason);
    }

    // Workers that were referred after the backup, and their referrals.
    private async Task<List<Guid>> ComeBackAsync(int workers)
    {
        var backup = await BackUpAsync(Region);
        var keys = new List<Guid>();
        for (var number = 1; number <= workers; number++)
        {
            var worker = await Region.PutAsync(People.Worker(number), FlowNode.Duty);
            await Region.ReferAsync(worker, City.Id);
            keys.Add(worker.Id);
        }

        await SyncAsync();
        await RestoreAsync(Region, backup);
        await SyncAsync();
        return keys;
    }

    private async Task<List<PartialRecord>> ListAsync(string kind = "", string peer = "") =>
        (await Partial.ReadAsync(kind, peer, 100, after: null, default)).Records;
}
