using Exchange.Node.Sync;
using Exchange.Testing.Simulation;
using Exchange.V1;
using Google.Protobuf;
using Grpc.Core;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>Receipts, and the ways in which a session ends.</summary>
public sealed class SessionEndTests
{
    private static readonly SimulatedSigner Peer = new("right");

    [Fact]
    public void Caller_stores_signs_and_sends_a_receipt_once_both_are_settled_and_completes_with_the_answer()
    {
        var bench = new SessionBench();
        bench.Open();
        bench.SettleOutgoing();

        var half = bench.SettleIncoming().One<SyncAction.StoreReceipt>().Receipt;
        var sent = bench.Give(new SyncInput.ReceiptStored(half)).Frames()[0].Receipt;
        var full = sent.Clone();
        full.Signatures.Add(Peer.Sign(full.Statement.Span));
        bench.Frame(new SyncFrame { Receipt = full }).One<SyncAction.StoreReceipt>();
        var end = bench.Give(new SyncInput.ReceiptStored(full));

        Assert.Equal(SyncEnd.Completed, end.One<SyncAction.Finish>().End);
        var statement = SyncReceiptStatement.Parser.ParseFrom(full.Statement);
        Assert.Equal(SessionBench.SessionId, statement.SessionId);
        Assert.Equal(["left", "right"], statement.Directions.Select(direction => direction.FromNode));
        Assert.All(statement.Directions, direction => Assert.True(direction.DigestMatches));
    }

    [Fact]
    public void Called_side_countersigns_what_it_saw_itself_stores_it_sends_it_and_completes()
    {
        var (bench, receipt) = Offered(_ => { });

        var full = bench.Frame(new SyncFrame { Receipt = receipt }).One<SyncAction.StoreReceipt>().Receipt;
        var end = bench.Give(new SyncInput.ReceiptStored(full));

        Assert.Equal(["right", "left"], full.Signatures.Select(signature => signature.Node));
        Assert.Equal(full, end.Frames()[0].Receipt);
        Assert.Equal(SyncEnd.Completed, end.One<SyncAction.Finish>().End);
    }

    [Fact]
    public void Called_side_doesnt_sign_what_it_didnt_see()
    {
        var (bench, receipt) = Offered(statement => statement.Directions[0].Changes = 7);

        var failure = bench.Fails(new SyncFrame { Receipt = receipt });

        Assert.Equal("the receipt doesn't say what this side saw", failure.Metadata["detail"]);
    }

    [Fact]
    public void A_receipt_with_a_foreign_signature_is_refused()
    {
        var (bench, receipt) = Offered(_ => { });
        receipt.Signatures[0].Signature = SessionBench.Digest("forged");

        Assert.Equal(ErrorReason.SyncProtocol, bench.Fails(new SyncFrame { Receipt = receipt }).Reason);
    }

    [Fact]
    public void A_receipt_that_lacks_the_countersignature_is_offered_again_after_hello()
    {
        var bench = new SessionBench();
        var pending = new SyncReceipt { Statement = new SyncReceiptStatement { SessionId = "old" }.ToByteString() };
        bench.Give(new SyncInput.Connected(SessionBench.Right(5), pending));

        var offered = bench.Frame(new SyncFrame { Hello = SessionBench.Hello() }).Frames()[0].Receipt;
        var full = offered.Clone();
        full.Signatures.Add(Peer.Sign(full.Statement.Span));
        var stored = bench.Frame(new SyncFrame { Receipt = full }).One<SyncAction.StoreReceipt>();

        Assert.Equal(full, stored.Receipt);
    }

    [Fact]
    public void A_receipt_of_an_earlier_session_is_looked_up_and_sent_as_it_was_signed()
    {
        var bench = new SessionBench(isCaller: false);
        bench.Open();
        var offered = new SyncReceipt { Statement = new SyncReceiptStatement { SessionId = "old" }.ToByteString() };
        offered.Signatures.Add(Peer.Sign(offered.Statement.Span));

        var find = bench.Frame(new SyncFrame { Receipt = offered }).One<SyncAction.FindReceipt>();
        var answer = bench.Give(new SyncInput.ReceiptFound(find.Offered));

        Assert.Equal(offered, answer.Frames()[0].Receipt);
    }

    [Fact]
    public void A_live_session_stays_open_after_the_receipt()
    {
        var bench = new SessionBench(mode: SyncMode.Live);
        bench.Open();
        bench.SettleOutgoing();
        var half = bench.SettleIncoming().One<SyncAction.StoreReceipt>().Receipt;
        bench.Give(new SyncInput.ReceiptStored(half));
        var full = half.Clone();
        full.Signatures.Add(Peer.Sign(full.Statement.Span));

        bench.Frame(new SyncFrame { Receipt = full });
        var actions = bench.Give(new SyncInput.ReceiptStored(full));

        Assert.Empty(actions.OfType<SyncAction.Finish>());
        bench.Frame(SessionBench.Batch(1, 5, 6)).One<SyncAction.ApplyBatch>();
    }

    [Fact]
    public void Stop_finishes_the_commit_under_way_acknowledges_it_says_goodbye_and_fails()
    {
        var bench = new SessionBench();
        bench.Open();
        bench.Frame(SessionBench.Batch(1, 5, 6));
        bench.Frame(SessionBench.Batch(2, 6, 7));

        Assert.Empty(bench.Give(new SyncInput.StopRequested(SyncFailure.Stopping)));
        var end = bench.Give(new SyncInput.BatchApplied(new SyncAck { Applied = SessionBench.Right(6) }));

        Assert.Equal(
            [SyncFrame.FrameOneofCase.Ack, SyncFrame.FrameOneofCase.Goodbye],
            end.Frames().Select(frame => frame.FrameCase));
        Assert.Equal(ErrorReason.NodeStopping, end.One<SyncAction.Fail>().Failure.Reason);
        Assert.Empty(end.OfType<SyncAction.ApplyBatch>());
    }

    [Fact]
    public void The_peers_goodbye_ends_the_session_in_good_order()
    {
        var bench = new SessionBench();
        bench.Open();

        var end = bench.Frame(new SyncFrame { Goodbye = new SyncGoodbye() });

        Assert.Equal(SyncEnd.PeerLeft, end.One<SyncAction.Finish>().End);
    }

    [Fact]
    public void A_stream_that_ends_early_is_a_failure_worth_a_retry()
    {
        var bench = new SessionBench();
        bench.Open();

        var failure = bench.Fails(new SyncInput.StreamEnded());

        Assert.Equal((StatusCode.Unavailable, ErrorReason.PeerUnreachable), (failure.Status, failure.Reason));
        Assert.False(failure.NeedsPeople);
    }

    [Fact]
    public void A_silent_peer_is_left_and_a_heartbeat_keeps_it()
    {
        var bench = new SessionBench(mode: SyncMode.Live);
        bench.Open();
        bench.Give(new SyncInput.PageRead(SessionBench.Page(10, 10, atHead: true, changes: 0)));

        Assert.Equal(
            SyncFrame.FrameOneofCase.Heartbeat, bench.Tick(TimeSpan.FromSeconds(50)).Frames()[0].FrameCase);
        bench.Frame(new SyncFrame { Heartbeat = new SyncHeartbeat() });
        bench.Tick(TimeSpan.FromSeconds(50));
        bench.Elapsed += TimeSpan.FromSeconds(11);

        Assert.Equal("no frame for 60 s", bench.Fails(new SyncInput.Tick()).Metadata["detail"]);
    }

    [Fact]
    public void A_peer_that_only_sends_heartbeats_and_owes_an_ack_is_left()
    {
        var bench = new SessionBench();
        bench.Open();
        bench.Give(new SyncInput.PageRead(SessionBench.Page(10, 12, atHead: true)));
        for (var second = 0; second < 300; second += 30)
        {
            bench.Tick(TimeSpan.FromSeconds(30));
            bench.Frame(new SyncFrame { Heartbeat = new SyncHeartbeat() });
        }

        bench.Elapsed += TimeSpan.FromSeconds(1);

        Assert.Equal("no answer for 300 s", bench.Fails(new SyncInput.Tick()).Metadata["detail"]);
    }

    [Fact]
    public void A_frame_of_a_later_contract_is_ignored()
    {
        var bench = new SessionBench();
        bench.Open();

        Assert.Empty(bench.Frame(SyncFrame.Parser.ParseFrom([0xFA, 0x06, 0x00])));
    }

    [Fact]
    public void Nothing_is_wanted_after_the_end()
    {
        var bench = new SessionBench();
        bench.Open();
        bench.Frame(new SyncFrame { Goodbye = new SyncGoodbye() });

        Assert.Empty(bench.Frame(SessionBench.Batch(1, 5, 6)));
        Assert.Empty(bench.Tick(TimeSpan.FromDays(1)));
    }

    private static (SessionBench Bench, SyncReceipt Receipt) Offered(Action<SyncReceiptStatement> spoil)
    {
        var bench = new SessionBench(isCaller: false);
        bench.Open();
        bench.SettleOutgoing();
        bench.SettleIncoming();
        var statement = new SyncReceiptStatement
        {
            SessionId = SessionBench.SessionId,
            AgreementId = "left-right",
            AgreementVersion = 2,
            Directions =
            {
                Direction("right", SessionBench.Right(5), "in"),
                Direction("left", SessionBench.Left(10), "out"),
            },
        };
        spoil(statement);
        var receipt = new SyncReceipt { Statement = statement.ToByteString() };
        receipt.Signatures.Add(Peer.Sign(receipt.Statement.Span));
        return (bench, receipt);
    }

    private static SyncDirectionStatement Direction(string from, FeedCursor cursor, string root) => new()
    {
        FromNode = from,
        From = cursor,
        To = cursor,
        DigestRoot = SessionBench.Digest(root),
        DigestMatches = true,
    };
}
