using Exchange.Node.Disclosures;
using Exchange.Node.Records;
using Exchange.Node.Subjects;
using Exchange.Node.Sync;
using Exchange.Node.Tests.Sync;
using Exchange.Store;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Disclosures;

/// <summary>The register keeps the newest view; every earlier one stays told.</summary>
public sealed class DisclosureHistoryTests : FlowTests
{
    [Fact]
    public async Task Every_view_that_was_ever_given_is_told_in_order_and_its_item_proves_the_bytes()
    {
        var key = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        await Region.ReferAsync(key, City.Id);
        await PassAsync();
        var first = (await City.FindAsync(key))!;
        Time.Advance(TimeSpan.FromMinutes(1));
        await RenameAsync(key, "李小红");
        await PassAsync();
        Time.Advance(TimeSpan.FromMinutes(1));
        await Region.DeleteAsync(key);
        await PassAsync();

        var views = (await ListAsync(key)).FindAll(view => view.Kind == "worker");

        Assert.Equal(
            [(false, true, false), (false, true, false), (true, true, true)],
            views.Select(view => (view.Withdrawn, view.Confirmed, view.Newest)));
        Assert.Equal(first.Version, views[0].Version);
        Assert.All(views, view => Assert.Equal(
            (City.Id, "city:1", "zhaotong-dongguan"), (view.Node, view.Projection, view.AgreementId)));
        Assert.True(views[0].SentTime.CompareTo(views[1].SentTime) < 0);
        Assert.Equal(ItemOf(key, first), views[0].DigestItem);
        Assert.NotEqual(views[0].DigestItem, views[1].DigestItem);
    }

    [Fact]
    public async Task A_view_that_nobody_had_acknowledged_when_the_next_was_sent_is_told_as_unconfirmed()
    {
        var key = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        await Region.ReferAsync(key, City.Id);
        await Region.Flows(Agreement).Source(City.Id).ReadAsync(new FeedCursor(), default);
        await RenameAsync(key, "李小红");
        await PassAsync();

        var views = (await ListAsync(key)).FindAll(view => view.Kind == "worker");

        Assert.Equal([(false, false), (true, true)], views.Select(view => (view.Confirmed, view.Newest)));
    }

    [Fact]
    public async Task What_is_sent_once_or_again_just_so_leaves_no_history()
    {
        var key = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        await Region.ReferAsync(key, City.Id);
        await Region.Flows(Agreement).Source(City.Id).ReadAsync(new FeedCursor(), default);
        await PassAsync();

        Assert.Empty(await Region.Store.ReadEntriesAsync(
            DisclosureHistory.Collection(City.Id), default, default, 10, default));
    }

    [Fact]
    public async Task Pages_of_any_size_hold_the_same_in_the_same_order()
    {
        var key = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        await Region.ReferAsync(key, City.Id);
        for (var round = 0; round < 4; round++)
        {
            await PassAsync();
            Time.Advance(TimeSpan.FromMinutes(1));
            await RenameAsync(key, "李小红" + round);
        }

        await PassAsync();
        var all = await ListAsync(key);

        Assert.Equal(6, all.Count);
        foreach (var size in new[] { 1, 2, 3, 5, 6 })
        {
            Assert.Equal(all, await ListAsync(key, size));
        }
    }

    [Fact]
    public async Task An_erased_person_keeps_its_history_without_personal_data()
    {
        var key = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        await Region.ReferAsync(key, City.Id);
        await PassAsync();
        await Region.Erasure.EraseAsync(key.Id, "request", TimeSpan.FromDays(15), withHouseholds: false, default);
        await PassAsync();

        var views = await ListAsync(key);

        Assert.Equal(4, views.Count);
        Assert.Equal(2, views.Count(view => view is { Withdrawn: true, Confirmed: true, Newest: true }));
    }

    private async Task RenameAsync(RecordKey key, string name)
    {
        var worker = People.Worker(1);
        worker.Name = name;
        await Region.PutAsync(worker, id: key.Id);
    }

    private async Task<List<Disclosure>> ListAsync(RecordKey key, int size = 100)
    {
        var kinds = new RecordKinds();
        var peers = new SyncPeers([FlowNode.Peer(Region.Id, Agreement)]);
        var identity = new NodeIdentity(Region.Id, Region.Id, TestNode: true);
        var subjects = new SubjectRecords(Region.Store, kinds, Region.Causes, identity);
        var list = new DisclosureList(
            Region.Store, peers, new SubjectDisclosures(Region.Store, peers, subjects, kinds, identity));
        var found = new List<Disclosure>();
        QueryCursor? after = null;
        do
        {
            (var page, after) = await list.ReadAsync(key.Id, after, size, default);
            Assert.True(page.Count <= size);
            found.AddRange(page);
        }
        while (after is not null);

        return found;
    }

    private static Google.Protobuf.ByteString ItemOf(RecordKey key, V1.Record held)
    {
        var version = SyncChanges.Version(held.Version);
        var payload = held.Payload.Value.Span;
        var bytes = new byte[DigestItem.HeaderLength(key, version.Node) + payload.Length];
        var header = DigestItem.WriteHeader(bytes, key, version, held.Projection.Revision, held.State);
        payload.CopyTo(bytes.AsSpan(header));
        using var hasher = new PageHasher(FlowNode.DigestKey);
        var item = new byte[DigestItem.Length];
        DigestItem.Write(hasher.Item(bytes), item);
        return Google.Protobuf.ByteString.CopyFrom(item);
    }
}
