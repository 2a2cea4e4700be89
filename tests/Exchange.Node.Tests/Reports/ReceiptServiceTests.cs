using Exchange.Node.Sync;
using Exchange.Node.Tests.Agreements;
using Exchange.Node.Tests.Services;
using Exchange.Store;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Exchange.Node.Tests.Reports;

/// <summary>Receipts of real sessions between two nodes.</summary>
public sealed class ReceiptServiceTests : IAsyncLifetime
{
    private AgreedNodes _nodes = null!;

    public async Task InitializeAsync() => _nodes = await AgreedNodes.StartAgreedAsync();

    public async Task DisposeAsync() => await _nodes.DisposeAsync();

    [Fact]
    public async Task Both_sides_hold_the_same_bytes_chained_and_in_pages()
    {
        await _nodes.Town.PublishAsync(VacancySamples.Item(1, "a", VacancySamples.Sample()));
        await SyncAsync(3);

        var first = await _nodes.Region.Reports.ListReceiptsAsync(
            new ListReceiptsRequest { Peer = "dongguan", PageSize = 2 });
        var rest = await _nodes.Region.Reports.ListReceiptsAsync(
            new ListReceiptsRequest { Peer = "dongguan", PageSize = 2, PageToken = first.NextPageToken });
        var there = await _nodes.Town.Reports.ListReceiptsAsync(new ListReceiptsRequest { Peer = "zhaotong" });

        Assert.Equal(there.Receipts, first.Receipts.Concat(rest.Receipts));
        Assert.Equal([3ul, 2ul, 1ul], there.Receipts.Select(stored => stored.Statement.Number));
        Assert.Equal(there.Receipts[1].Digest, there.Receipts[0].Statement.PreviousDigest);
        Assert.Equal(1ul, there.Receipts[2].Statement.Directions[1].Changes);
        Assert.Equal("", rest.NextPageToken);
        foreach (var node in new[] { (_nodes.Region, "dongguan"), (_nodes.Town, "zhaotong") })
        {
            var found = await node.Item1.Reports.VerifyReceiptsAsync(new VerifyReceiptsRequest { Peer = node.Item2 });
            Assert.Equal((3ul, 0, 0), (found.NewestNumber, found.Problems.Count, found.Gaps.Count));
        }
    }

    [Fact]
    public async Task A_side_that_lost_receipts_in_a_restore_gets_the_newest_back_and_the_chain_goes_on()
    {
        await SyncAsync(3);
        await DropAsync(_nodes.Region, "dongguan", 2, 3);

        await SyncAsync(1);

        var found = await _nodes.Region.Reports.VerifyReceiptsAsync(new VerifyReceiptsRequest { Peer = "dongguan" });
        Assert.Equal((4ul, 0), (found.NewestNumber, found.Problems.Count));
        Assert.Equal((2ul, 2ul), (found.Gaps[0].FromNumber, found.Gaps[0].ToNumber));
    }

    [Fact]
    public async Task A_receipt_changed_by_hand_fails_the_session_by_name_and_nothing_is_stored()
    {
        await SyncAsync(1);
        var receipts = new SyncReceipts(Store(_nodes.Town), "zhaotong");
        var changed = (await receipts.NewestAsync(default))!;
        changed.Signatures[0].Signature = ByteString.CopyFromUtf8("forged");
        await receipts.StoreAsync(changed, default);

        var error = await Assert.ThrowsAsync<RpcException>(_nodes.SyncAsync);

        Assert.Equal("ERROR_REASON_RECEIPT_FORGED", error.Reason());
        var newest = await new SyncReceipts(Store(_nodes.Region), "dongguan").NewestAsync(default);
        Assert.Equal(1ul, ReceiptLink.Read(newest!)!.Number);
        var peers = await _nodes.Region.Node.ListPeersAsync(new ListPeersRequest());
        Assert.Contains("signature of 'zhaotong'", peers.Peers[0].LastError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Receipts_of_a_node_that_is_no_partner_are_a_precise_error()
    {
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
            await _nodes.Region.Reports.ListReceiptsAsync(new ListReceiptsRequest { Peer = "shanghai" }));

        Assert.Equal("ERROR_REASON_FIELD_INVALID", error.Reason());
    }

    private async Task SyncAsync(int times)
    {
        for (var time = 0; time < times; time++)
        {
            await _nodes.SyncAsync();
        }
    }

    private static IRecordStore Store(TestNode node) => node.Services.GetRequiredService<IRecordStore>();

    private static async Task DropAsync(TestNode node, string peer, params ulong[] numbers)
    {
        var collection = $"receipts/{peer}";
        var entries = await Store(node).ReadEntriesAsync(collection, default, default, 100, default);
        var drops = entries
            .Where(entry => numbers.Contains(ReceiptLink.Read(SyncReceipt.Parser.ParseFrom(entry.Value.Span))!.Number))
            .Select(entry => new EntryWrite(collection, entry.Key, null))
            .ToList();
        await Store(node).CommitAsync(new Commit { Entries = drops }, default);
    }
}
