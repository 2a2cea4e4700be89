using Exchange.Node.Audit;
using Exchange.Node.Tests.Agreements;
using Exchange.V1;
using Google.Protobuf;
using Xunit;

namespace Exchange.Node.Tests.Audit;

/// <summary>Receipts carry the heads of both chains, so that neither side can rewrite its own past.</summary>
public sealed class AuditReceiptTests : IAsyncLifetime
{
    private AgreedNodes _nodes = null!;

    private AuditedNode Region => new(_nodes.Region);

    public async Task InitializeAsync()
    {
        _nodes = await AgreedNodes.StartAgreedAsync();
        await _nodes.ReferWorkerAsync();
        await _nodes.SyncAsync();
    }

    public async Task DisposeAsync() => await _nodes.DisposeAsync();

    [Fact]
    public async Task A_receipt_names_an_entry_of_either_chain_and_both_are_whole()
    {
        var statement = (await ReceiptsAsync()).Statement;

        var caller = AuditHead.Parser.ParseFrom(statement.CallerAuditHead);
        var called = AuditHead.Parser.ParseFrom(statement.CalledAuditHead);
        var town = new AuditedNode(_nodes.Town);
        Assert.Equal(caller.Hash, (await Region.QueryAsync())[(int)caller.Sequence - 1].Hash);
        Assert.Equal(called.Hash, (await town.QueryAsync())[(int)called.Sequence - 1].Hash);
        var (here, there) = (await Region.VerifyAsync(), await town.VerifyAsync());
        Assert.Equal((0, 1ul), (here.Findings.Count, here.ReceiptCount));
        Assert.Equal((0, 1ul), (there.Findings.Count, there.ReceiptCount));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_past_that_was_rewritten_with_the_nodes_own_key_is_found_by_a_receipt(bool isBrought)
    {
        var stored = await ReceiptsAsync();
        var head = AuditHead.Parser.ParseFrom(stored.Statement.CallerAuditHead);
        var signer = (AuditSigner)_nodes.Region.Services.GetService(typeof(AuditSigner))!;
        var anchor = (AuditAnchor)_nodes.Region.Services.GetService(typeof(AuditAnchor))!;
        var hashes = new Dictionary<ulong, AuditHead>();
        foreach (var entry in (await Region.EntriesAsync()).Select(entry => AuditChain.Read(entry.Value)!))
        {
            entry.Detail = entry.Sequence == 3 ? "rewritten" : entry.Detail;
            entry.Hash = ByteString.Empty;
            entry.PreviousHash = hashes.TryGetValue(entry.Sequence - 1, out var before) ? before.Hash : ByteString.Empty;
            entry.Signature = entry.Signature is { } signed ? signer.Sign(hashes[signed.Head.Sequence]) : null;
            var value = AuditChain.Encode(entry);
            await Region.PutAsync(entry.Sequence, value);
            entry.Hash = ByteString.CopyFrom(AuditChain.ClaimedHash(value));
            hashes[entry.Sequence] = AuditChain.HeadOf(entry);
            await Region.PutHeadAsync(hashes[entry.Sequence].ToByteArray());
        }

        anchor.Write(signer.Sign(hashes[(ulong)hashes.Count]));
        if (isBrought)
        {
            await Region.DropAsync($"receipts/{SampleAgreements.Town}");
            Assert.Empty((await Region.VerifyAsync()).Findings);
        }

        var found = isBrought ? await Region.VerifyAsync(stored.Receipt) : await Region.VerifyAsync();

        var finding = Assert.Single(found.Findings);
        Assert.Equal((head.Sequence, AuditFindingKind.Replaced), (finding.Sequence, finding.Kind));
    }

    private async Task<StoredReceipt> ReceiptsAsync() => Assert.Single((await _nodes.Town.Reports.ListReceiptsAsync(
        new ListReceiptsRequest { Peer = SampleAgreements.Region })).Receipts);
}
