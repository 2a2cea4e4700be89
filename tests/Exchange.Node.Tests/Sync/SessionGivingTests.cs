using Exchange.Node.Sync;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>
/// The giving half: pages become batches, under the peer's window, and are confirmed once acknowledged.
/// </summary>
public sealed class SessionGivingTests
{
    [Fact]
    public void Pages_are_read_and_sent_until_the_peers_window_is_full()
    {
        var bench = new SessionBench();
        bench.Open();

        for (ulong page = 0; page < 3; page++)
        {
            var actions = bench.Give(new SyncInput.PageRead(SessionBench.Page(10 + page, 11 + page)));
            Assert.Equal(page + 1, actions.Frames()[0].Batch.Sequence);
            Assert.Equal(SessionBench.Left(11 + page), actions.One<SyncAction.ReadPage>().After);
        }

        var full = bench.Give(new SyncInput.PageRead(SessionBench.Page(13, 14)));
        Assert.Empty(full.OfType<SyncAction.ReadPage>());

        var acknowledged = bench.Frame(SessionBench.Ack(1, 11));
        Assert.Equal(SessionBench.Left(14), acknowledged.One<SyncAction.ReadPage>().After);
    }

    [Fact]
    public void Acknowledged_pages_are_confirmed_one_after_the_other()
    {
        var bench = new SessionBench();
        bench.Open();
        bench.Give(new SyncInput.PageRead(SessionBench.Page(10, 11)));
        bench.Give(new SyncInput.PageRead(SessionBench.Page(11, 12, atHead: true)));

        var first = bench.Frame(SessionBench.Ack(1, 11)).One<SyncAction.ConfirmPage>();
        Assert.Empty(bench.Frame(SessionBench.Ack(2, 12)));
        var second = bench.Give(new SyncInput.PageConfirmed()).One<SyncAction.ConfirmPage>();

        Assert.Equal(SessionBench.Left(11), first.Page.To);
        Assert.Equal(SessionBench.Left(12), second.Page.To);
    }

    [Fact]
    public void Caught_up_is_said_at_the_head_with_everything_acknowledged_and_confirmed()
    {
        var bench = new SessionBench();
        bench.Open();

        Assert.Empty(bench.Give(new SyncInput.PageRead(SessionBench.Page(10, 12, atHead: true)))
            .OfType<SyncAction.ComputeDigest>());
        Assert.Empty(bench.Frame(SessionBench.Ack(1, 12)).OfType<SyncAction.ComputeDigest>());
        var digest = bench.Give(new SyncInput.PageConfirmed()).One<SyncAction.ComputeDigest>();
        var said = bench.Give(new SyncInput.DigestReady(SyncDirection.Outgoing, new SyncDigest { Count = 7 }));

        Assert.Equal(SyncDirection.Outgoing, digest.Direction);
        Assert.Equal(SessionBench.Left(12), said.Frames()[0].CaughtUp.Cursor);
        Assert.Equal(7ul, said.Frames()[0].CaughtUp.Digest.Count);
    }

    [Fact]
    public void An_ack_with_another_cursor_than_the_batchs_end_is_out_of_step_and_both_are_named()
    {
        var bench = new SessionBench();
        bench.Open();
        bench.Give(new SyncInput.PageRead(SessionBench.Page(10, 12)));

        var detail = bench.Fails(SessionBench.Ack(1, 11)).Metadata["detail"];

        Assert.Contains($"{SessionBench.LeftEpoch}:12", detail, StringComparison.Ordinal);
        Assert.Contains($"{SessionBench.LeftEpoch}:11", detail, StringComparison.Ordinal);
    }

    [Fact]
    public void An_ack_for_what_wasnt_sent_is_out_of_step_and_a_repeated_one_isnt()
    {
        var bench = new SessionBench();
        bench.Open();
        bench.Give(new SyncInput.PageRead(SessionBench.Page(10, 12)));
        bench.Frame(SessionBench.Ack(1, 12));

        Assert.Empty(bench.Frame(SessionBench.Ack(1, 12)).OfType<SyncAction.ConfirmPage>());
        Assert.Equal(ErrorReason.SyncProtocol, bench.Fails(SessionBench.Ack(2, 12)).Reason);
    }

    [Fact]
    public void Of_lists_that_pile_up_while_one_is_written_the_last_is_kept_in_turn_with_the_acks()
    {
        var bench = new SessionBench();
        bench.Open();
        bench.Give(new SyncInput.PageRead(SessionBench.Page(10, 12)));
        bench.Frame(List("first"));
        bench.Frame(List("second"));
        bench.Frame(List("third"));
        bench.Frame(SessionBench.Ack(1, 12));
        bench.Frame(List("fourth"));

        string Next() => bench.Give(new SyncInput.PageConfirmed()).OfType<SyncAction.ConfirmPage>().FirstOrDefault()
            is { } confirm ? confirm.Ack.Quarantined.FirstOrDefault()?.Message ?? "ack" : "none";

        Assert.Equal(["third", "ack", "fourth", "none"], [Next(), Next(), Next(), Next()]);
    }

    [Fact]
    public void An_ack_covers_all_batches_before_it()
    {
        var bench = new SessionBench();
        bench.Open();
        bench.Give(new SyncInput.PageRead(SessionBench.Page(10, 11, changes: 2)));
        bench.Give(new SyncInput.PageRead(SessionBench.Page(11, 12, changes: 3)));

        bench.Frame(SessionBench.Ack(2, 12));

        Assert.Equal(5ul, bench.Progress.Sent);
        Assert.Equal(SessionBench.Left(12), bench.Progress.Acknowledged);
    }

    [Fact]
    public void Pages_in_which_nothing_may_flow_become_one_batch()
    {
        var bench = new SessionBench();
        bench.Open();

        Assert.Empty(bench.Give(new SyncInput.PageRead(SessionBench.Page(10, 1000, changes: 0))).Frames());
        Assert.Empty(bench.Give(new SyncInput.PageRead(SessionBench.Page(1000, 2000, changes: 0))).Frames());
        var batch = bench.Give(new SyncInput.PageRead(SessionBench.Page(2000, 3000))).Frames()[0].Batch;

        Assert.Equal((SessionBench.Left(10), SessionBench.Left(3000)), (batch.From, batch.To));
    }

    [Fact]
    public void Even_when_nothing_may_flow_the_peers_cursor_moves_by_the_end()
    {
        var bench = new SessionBench();
        bench.Open();
        bench.Give(new SyncInput.PageRead(SessionBench.Page(10, 1000, changes: 0)));

        var batch = bench.Give(new SyncInput.PageRead(SessionBench.Page(1000, 1000, atHead: true, changes: 0)))
            .Frames()[0].Batch;

        Assert.Equal((SessionBench.Left(10), SessionBench.Left(1000)), (batch.From, batch.To));
        Assert.Empty(batch.Changes);
    }

    [Fact]
    public void Nothing_is_read_behind_reprojections_until_they_are_confirmed()
    {
        var bench = new SessionBench();
        bench.Open();
        var page = SessionBench.Page(10, 10) with { Reprojections = [new byte[] { 1 }] };

        Assert.Empty(bench.Give(new SyncInput.PageRead(page)).OfType<SyncAction.ReadPage>());
        Assert.Empty(bench.Frame(SessionBench.Ack(1, 10)).OfType<SyncAction.ReadPage>());

        Assert.Equal(SessionBench.Left(10), bench.Give(new SyncInput.PageConfirmed()).One<SyncAction.ReadPage>().After);
    }

    [Fact]
    public void A_reprojection_that_takes_an_empty_page_along_is_still_one()
    {
        var bench = new SessionBench(mode: SyncMode.Live);
        bench.Open();
        Assert.Empty(bench.Give(new SyncInput.PageRead(SessionBench.Page(10, 1000, changes: 0))).Frames());
        var reprojection = SessionBench.Page(1000, 1000) with { Reprojections = [new byte[] { 1 }] };

        var sent = bench.Give(new SyncInput.PageRead(reprojection));
        var acknowledged = bench.Frame(SessionBench.Ack(1, 1000));

        Assert.Equal(SessionBench.Left(10), sent.Frames()[0].Batch.From);
        Assert.Empty(sent.OfType<SyncAction.ReadPage>());
        Assert.True(acknowledged.One<SyncAction.ConfirmPage>().Page.IsOutOfTurn);
    }

    [Fact]
    public void A_live_session_sends_what_comes_and_compares_again_only_after_a_while()
    {
        var bench = new SessionBench(mode: SyncMode.Live);
        bench.Open();
        var atHead = bench.Give(new SyncInput.PageRead(SessionBench.Page(10, 10, atHead: true, changes: 0)));
        Assert.Equal(SessionBench.Left(10), atHead.One<SyncAction.WaitForFeed>().After);
        bench.Give(new SyncInput.DigestReady(SyncDirection.Outgoing, new SyncDigest()));
        bench.Frame(new SyncFrame { Verdict = new SyncVerdict { Cursor = SessionBench.Left(10), Matches = true } });

        Assert.Equal(SessionBench.Left(10), bench.Give(new SyncInput.FeedMoved()).One<SyncAction.ReadPage>().After);
        var batch = bench.Give(new SyncInput.PageRead(SessionBench.Page(10, 11, atHead: true)));
        bench.Frame(SessionBench.Ack(1, 11));
        var confirmed = bench.Give(new SyncInput.PageConfirmed());

        Assert.Equal(SessionBench.Left(11), batch.Frames()[0].Batch.To);
        Assert.Empty(confirmed.OfType<SyncAction.ComputeDigest>());
        Assert.Empty(bench.Tick(TimeSpan.FromSeconds(9)).OfType<SyncAction.ComputeDigest>());
        bench.Tick(TimeSpan.FromSeconds(1)).One<SyncAction.ComputeDigest>();
    }

    [Fact]
    public void In_nightly_mode_nobody_waits_for_the_feed()
    {
        var bench = new SessionBench();
        bench.Open();

        var actions = bench.Give(new SyncInput.PageRead(SessionBench.Page(10, 12, atHead: true)));

        Assert.Empty(actions.OfType<SyncAction.WaitForFeed>());
    }

    private static SyncFrame List(string message) =>
        new() { Ack = new SyncAck { Quarantined = { new QuarantinedChange { Message = message } } } };
}
