using Exchange.Node.Sync;
using Exchange.V1;
using Grpc.Core;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>The chain of receipts, what is refused, and what happens after one side lost some.</summary>
public sealed class ReceiptChainTests
{
    [Fact]
    public void The_next_receipt_names_the_one_before()
    {
        var newest = ReceiptBench.Earlier(4);
        var bench = new SessionBench();
        bench.Give(new SyncInput.Connected(SessionBench.Right(5), newest));
        var shown = bench.Frame(new SyncFrame { Hello = SessionBench.Hello() }).Frames()[0].Receipt;
        bench.SettleOutgoing();

        var statement = ReceiptLink.Read(bench.SettleIncoming().Frames()[^1].Receipt)!;

        Assert.True(shown.Newest);
        Assert.Equal(5ul, statement.Number);
        Assert.Equal(ReceiptLink.DigestOf(newest), statement.PreviousDigest);
        Assert.Equal(ReceiptLink.DigestOf(newest), ReceiptLink.DigestOf(shown));
    }

    [Fact]
    public void A_side_that_lost_receipts_takes_over_the_newest_that_both_signed()
    {
        var bench = new SessionBench(isCaller: false);
        bench.Open();
        var theirs = ReceiptBench.Earlier(7);

        var stored = bench.Frame(ReceiptBench.Shown(theirs)).One<SyncAction.StoreReceipt>().Receipt;
        bench.Give(new SyncInput.ReceiptStored(stored));

        Assert.Equal(theirs, stored);
        Assert.Equal(0ul, bench.Progress.Receipt);
        var (_, next) = ReceiptBench.Offered(statement =>
        {
            statement.Number = 8;
            statement.PreviousDigest = ReceiptLink.DigestOf(theirs);
        });
        bench.SettleOutgoing();
        bench.SettleIncoming();
        bench.Frame(new SyncFrame { Receipt = next }).One<SyncAction.StoreReceipt>();
    }

    [Fact]
    public void A_shown_receipt_that_this_side_never_signed_is_never_taken_over_but_data_still_flows()
    {
        var bench = new SessionBench();
        bench.Open();
        var forged = ReceiptBench.Earlier(7);
        forged.Signatures[1].Signature = SessionBench.Digest("forged");

        Assert.Empty(bench.Frame(ReceiptBench.Shown(forged)));
        bench.Frame(SessionBench.Batch(1, 5, 6)).One<SyncAction.ApplyBatch>();
    }

    [Fact]
    public void A_forged_receipt_that_was_shown_fails_the_session_once_a_receipt_falls_due()
    {
        var bench = new SessionBench();
        bench.Open();
        var forged = ReceiptBench.Earlier(7);
        forged.Signatures[1].Signature = SessionBench.Digest("forged");
        bench.Frame(ReceiptBench.Shown(forged));
        bench.SettleOutgoing();

        var end = bench.SettleIncoming();

        var failure = end.One<SyncAction.Fail>().Failure;
        Assert.Equal((ErrorReason.ReceiptForged, "left"), (failure.Reason, failure.Metadata["node"]));
        Assert.Single(end.OfType<SyncAction.Report>());
        Assert.Empty(end.OfType<SyncAction.StoreReceipt>());
    }

    [Fact]
    public void Two_receipts_at_the_same_place_are_never_reconciled_by_a_program()
    {
        var (bench, offered) = ReceiptBench.Offered(statement => statement.Number = 5, ReceiptBench.Earlier(4));
        bench.Frame(ReceiptBench.Shown(ReceiptBench.Earlier(4, "other")));

        var failure = bench.Fails(new SyncFrame { Receipt = offered });

        Assert.Equal(
            (StatusCode.FailedPrecondition, ErrorReason.ReceiptChainBroken), (failure.Status, failure.Reason));
        Assert.StartsWith("4 (", failure.Metadata["theirs"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_receipt_that_continues_another_chain_is_refused()
    {
        var newest = ReceiptBench.Earlier(4);
        var (bench, offered) = ReceiptBench.Offered(
            statement =>
            {
                statement.Number = 5;
                statement.PreviousDigest = SessionBench.Digest("another");
            },
            newest);

        var failure = bench.Fails(new SyncFrame { Receipt = offered });

        Assert.Equal(ErrorReason.ReceiptChainBroken, failure.Reason);
        Assert.Equal(ReceiptLink.Of(newest)!.ToString(), failure.Metadata["ours"]);
    }

    [Fact]
    public void An_older_receipt_that_the_peer_shows_changes_nothing()
    {
        var bench = new SessionBench(isCaller: false);
        bench.Give(new SyncInput.Connected(SessionBench.Right(5), ReceiptBench.Earlier(4)));
        bench.Frame(new SyncFrame { Hello = SessionBench.Hello() });

        Assert.Empty(bench.Frame(ReceiptBench.Shown(ReceiptBench.Earlier(2))));
    }

    [Fact]
    public void An_offered_receipt_without_a_good_signature_of_the_peer_is_refused()
    {
        var (bench, receipt) = ReceiptBench.Offered(_ => { });
        receipt.Signatures[0].Signature = SessionBench.Digest("forged");

        var failure = bench.Fails(new SyncFrame { Receipt = receipt });

        Assert.Equal((ErrorReason.ReceiptForged, "right"), (failure.Reason, failure.Metadata["node"]));
    }

    [Theory]
    [InlineData("directions[0].changes")]
    [InlineData("directions[0].to")]
    [InlineData("directions[1].digest_root")]
    [InlineData("directions[1].digest_count")]
    [InlineData("directions[1].digest_matches")]
    [InlineData("agreement_id")]
    [InlineData("session_id")]
    [InlineData("called_audit_head")]
    public void What_the_called_side_didnt_see_it_doesnt_sign_and_it_names_the_field(string field)
    {
        var (bench, receipt) = ReceiptBench.Offered(statement => Spoil(statement, field));

        var failure = bench.Fails(new SyncFrame { Receipt = receipt });

        Assert.Equal((ErrorReason.ReceiptMismatch, field), (failure.Reason, failure.Metadata["field"]));
        Assert.NotEqual(failure.Metadata["ours"], failure.Metadata["theirs"]);
    }

    [Fact]
    public void A_statement_that_cant_be_read_is_refused()
    {
        var (bench, receipt) = ReceiptBench.Offered(_ => { });
        receipt.Statement = SessionBench.Digest("\u0001");

        Assert.Equal(ErrorReason.ReceiptInvalid, bench.Fails(new SyncFrame { Receipt = receipt }).Reason);
    }

    [Fact]
    public void The_caller_takes_no_answer_with_another_signature_of_its_own()
    {
        var bench = new SessionBench();
        bench.Open();
        bench.SettleOutgoing();
        var answer = bench.SettleIncoming().Frames()[^1].Receipt.Clone();
        answer.Signatures.Insert(0, ReceiptBench.Peer.Sign(answer.Statement.Span));

        var failure = bench.Fails(new SyncFrame { Receipt = answer });

        Assert.Equal(ErrorReason.ReceiptForged, failure.Reason);
    }

    [Fact]
    public void The_caller_takes_no_receipt_that_it_didnt_offer()
    {
        var bench = new SessionBench();
        bench.Open();

        var failure = bench.Fails(new SyncFrame { Receipt = ReceiptBench.Earlier(1) });

        Assert.Equal("none was to come", failure.Metadata["detail"]);
    }

    private static void Spoil(SyncReceiptStatement statement, string field)
    {
        switch (field)
        {
            case "directions[0].changes":
                statement.Directions[0].Changes = 7;
                break;
            case "directions[0].to":
                statement.Directions[0].To = SessionBench.Right(6);
                break;
            case "directions[1].digest_root":
                statement.Directions[1].DigestRoot = SessionBench.Digest("other");
                break;
            case "directions[1].digest_count":
                statement.Directions[1].DigestCount = 1;
                break;
            case "directions[1].digest_matches":
                statement.Directions[1].DigestMatches = false;
                break;
            case "agreement_id":
                statement.AgreementId = "other";
                break;
            case "session_id":
                statement.SessionId = "other";
                break;
            default:
                statement.CalledAuditHead = SessionBench.Digest("head");
                break;
        }
    }
}
