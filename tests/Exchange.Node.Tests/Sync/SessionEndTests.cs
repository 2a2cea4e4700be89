using Exchange.Node.Sync;
using Exchange.Testing.Simulation;
using Exchange.V1;
using Grpc.Core;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>Receipts, and the ways in which a session ends.</summary>
public sealed class SessionEndTests
{
    private static readonly SimulatedSigner Peer = new("right");

    [Fact]
    public void Caller_signs_and_sends_a_receipt_once_both_are_settled_and_completes_with_the_stored_answer()
    {
        var bench = new SessionBench();
        bench.Open();
        bench.SettleOutgoing();

        var full = bench.SettleIncoming().Frames()[^1].Receipt.Clone();
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
        var (bench, receipt) = ReceiptBench.Offered(_ => { });

        var full = bench.Frame(new SyncFrame { Receipt = receipt }).One<SyncAction.StoreReceipt>().Receipt;
        var end = bench.Give(new SyncInput.ReceiptStored(full));

        Assert.Equal(["right", "left"], full.Signatures.Select(signature => signature.Node));
        Assert.Equal(full, end.Frames()[0].Receipt);
        Assert.Equal(SyncEnd.Completed, end.One<SyncAction.Finish>().End);
    }

    [Fact]
    public void A_live_session_stays_open_after_the_receipt()
    {
        var bench = new SessionBench(mode: SyncMode.Live);
        bench.Open();
        bench.SettleOutgoing();
        var full = bench.SettleIncoming().Frames()[^1].Receipt.Clone();
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
    public void A_peer_that_is_asked_for_its_signature_after_a_quiet_hour_has_time_to_answer()
    {
        var bench = new SessionBench(mode: SyncMode.Live);
        bench.Open();
        bench.SettleOutgoing();
        var full = bench.SettleIncoming().Frames()[^1].Receipt.Clone();
        full.Signatures.Add(Peer.Sign(full.Statement.Span));
        bench.Frame(new SyncFrame { Receipt = full });
        bench.Give(new SyncInput.ReceiptStored(full));
        bench.Frame(SessionBench.Batch(1, 5, 6));
        bench.Give(new SyncInput.BatchApplied(new SyncAck { Applied = SessionBench.Right(6) }));
        var digest = new SyncDigest { Root = SessionBench.Digest("in") };
        bench.Frame(new SyncFrame { CaughtUp = new SyncCaughtUp { Cursor = SessionBench.Right(6), Digest = digest } });
        bench.Give(new SyncInput.DigestReady(SyncDirection.Incoming, digest.Clone()));
        for (var second = 0; second < 3_570; second += 30)
        {
            bench.Frame(new SyncFrame { Heartbeat = new SyncHeartbeat() });
            bench.Tick(TimeSpan.FromSeconds(30));
        }

        bench.Frame(new SyncFrame { Heartbeat = new SyncHeartbeat() });
        var asked = bench.Tick(TimeSpan.FromSeconds(30)).Frames();

        Assert.Contains(asked, frame => frame.FrameCase == SyncFrame.FrameOneofCase.Receipt);
        Assert.Empty(bench.Tick(TimeSpan.FromSeconds(1)).OfType<SyncAction.Fail>());
        bench.Elapsed += TimeSpan.FromMinutes(5);
        bench.Frame(new SyncFrame { Heartbeat = new SyncHeartbeat() });
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
}
