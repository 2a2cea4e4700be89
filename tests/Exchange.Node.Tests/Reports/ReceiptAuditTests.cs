using Exchange.Node.Reports;
using Exchange.Node.Sync;
using Exchange.Node.Tests.Sync;
using Exchange.Testing.Simulation;
using Exchange.V1;
using Google.Protobuf;
using Xunit;

namespace Exchange.Node.Tests.Reports;

/// <summary>What the check of a chain of receipts finds.</summary>
public sealed class ReceiptAuditTests
{
    [Fact]
    public void A_whole_chain_is_as_it_should_be()
    {
        var found = Audit(Chain(4));

        Assert.Equal((4ul, 4ul), (found.ReceiptCount, found.NewestNumber));
        Assert.Empty(found.Problems);
        Assert.Empty(found.Gaps);
    }

    [Fact]
    public void No_receipts_are_no_problem()
    {
        var found = Audit([]);

        Assert.Equal((0ul, 0), (found.NewestNumber, found.Problems.Count));
    }

    [Fact]
    public void A_changed_statement_is_found_by_its_signatures_and_by_the_one_after_it()
    {
        var chain = Chain(3);
        var statement = ReceiptLink.Read(chain[1])!;
        statement.Directions[0].Changes++;
        chain[1].Statement = statement.ToByteString();

        var found = Audit(chain);

        Assert.Equal([3ul, 2ul], found.Problems.Select(problem => problem.Number));
        Assert.Contains("no good signature of 'left'", found.Problems[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_restored_backup_lost_is_named_as_a_gap()
    {
        var chain = Chain(7);
        var found = Audit([chain[0], chain[1], chain[5], chain[6]]);

        Assert.Equal((3ul, 5ul), (found.Gaps[0].FromNumber, found.Gaps[0].ToNumber));
        Assert.Empty(found.Problems);
    }

    [Fact]
    public void The_beginning_can_be_lost_as_well()
    {
        var gap = Assert.Single(Audit(Chain(4)[2..]).Gaps);

        Assert.Equal((1ul, 2ul), (gap.FromNumber, gap.ToNumber));
    }

    private static VerifyReceiptsResponse Audit(IEnumerable<SyncReceipt> chain)
    {
        var audit = new ReceiptAudit("left", "right", new SimulatedSigner("left"));
        foreach (var receipt in chain.Reverse())
        {
            audit.Add(receipt);
        }

        return audit.End();
    }

    private static SyncReceipt[] Chain(int length)
    {
        var chain = new List<SyncReceipt>();
        for (var number = 1; number <= length; number++)
        {
            var previous = number == 1 ? ByteString.Empty : ReceiptLink.DigestOf(chain[^1]);
            chain.Add(ReceiptBench.Earlier((ulong)number, $"session {number}", previous));
        }

        return [.. chain];
    }
}
