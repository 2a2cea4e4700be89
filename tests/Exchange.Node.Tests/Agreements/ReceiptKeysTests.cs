using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Agreements;

/// <summary>Receipts are verified with the keys that stand in the agreement.</summary>
public sealed class ReceiptKeysTests : OfficePair
{
    private static readonly byte[] Statement = [1, 2, 3];

    [Fact]
    public async Task A_partners_receipt_is_good_and_a_forged_or_changed_one_is_not()
    {
        await Region.AgreeAsync(SampleAgreements.Draft(), Town);
        await using var stranger = await Office.OpenAsync(SampleAgreements.Town, Time);
        var signer = SignerOf(Region, Region.Peers["dongguan"]);
        var there = Town.Peers["zhaotong"];

        Assert.True(signer.Verify(Statement, SignerOf(Town, there).Sign(Statement)));
        Assert.False(signer.Verify(Statement, SignerOf(stranger, there).Sign(Statement)));
        Assert.False(signer.Verify([1, 2, 4], SignerOf(Town, there).Sign(Statement)));
        Assert.False(signer.Verify(Statement, new NodeSignature { Node = "shanghai" }));
    }

    [Fact]
    public async Task A_receipt_from_before_a_partners_new_key_stays_good()
    {
        await Region.AgreeAsync(SampleAgreements.Draft(), Town);
        var old = SignerOf(Town, Town.Peers["zhaotong"]).Sign(Statement);
        await using var rekeyed = await Office.OpenAsync(SampleAgreements.Town, Time);
        var proposal = await Region.ProposeAsync(SampleAgreements.Narrower(3, 3), rekeyed);

        await Region.AcceptAsync(rekeyed.Sign(Agreement.Parser.ParseFrom(proposal.Agreement)), rekeyed);

        var peer = Region.Peers["dongguan"];
        Assert.Equal(2, peer.Versions.Count);
        Assert.True(SignerOf(Region, peer).Verify(Statement, old));
    }

    private static NodeReceiptSigner SignerOf(Office office, SyncPeer peer) =>
        new(new NodeIdentity(office.Id, office.Id, TestNode: true), office.Keys, peer.Versions);
}
