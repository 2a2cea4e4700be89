using Exchange.Node.Reports;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Reports;

/// <summary>Whose fault a failed session was.</summary>
public sealed class FaultTests
{
    [Theory]
    [InlineData(ErrorReason.Internal, false, FaultSide.Ours)]
    [InlineData(ErrorReason.Internal, true, FaultSide.Theirs)]
    [InlineData(ErrorReason.StoreUnavailable, false, FaultSide.Ours)]
    [InlineData(ErrorReason.NodeStopping, true, FaultSide.Theirs)]
    [InlineData(ErrorReason.SyncProtocol, false, FaultSide.Theirs)]
    [InlineData(ErrorReason.SyncProtocol, true, FaultSide.Ours)]
    [InlineData(ErrorReason.ReceiptMismatch, false, FaultSide.Theirs)]
    [InlineData(ErrorReason.PeerUnreachable, false, FaultSide.Line)]
    [InlineData(ErrorReason.PeerUnreachable, true, FaultSide.Line)]
    [InlineData(ErrorReason.AgreementMismatch, false, FaultSide.Agreement)]
    [InlineData(ErrorReason.AgreementMismatch, true, FaultSide.Agreement)]
    public void The_fault_follows_from_the_reason_and_from_who_found_it(
        ErrorReason reason, bool fromPartner, FaultSide expected) =>
        Assert.Equal(expected, FaultTable.Of(reason, fromPartner, refused: false));

    [Fact]
    public void A_machine_that_answers_without_a_node_is_the_partners_fault_and_not_the_lines() =>
        Assert.Equal(FaultSide.Theirs, FaultTable.Of(ErrorReason.PeerUnreachable, fromPartner: false, refused: true));

    [Fact]
    public void A_reason_of_a_later_version_is_taken_for_the_partners() =>
        Assert.Equal(FaultSide.Theirs, FaultTable.Of((ErrorReason)9999, fromPartner: true, refused: false));
}
