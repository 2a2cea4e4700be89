using Exchange.Node.Sync;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>
/// The taking half: batches join without a gap, are applied one by one and acknowledged once durable.
/// </summary>
public sealed class SessionTakingTests
{
    [Fact]
    public void Batches_are_applied_one_by_one_and_acknowledged_in_order_after_they_are_durable()
    {
        var bench = new SessionBench();
        bench.Open();

        var first = bench.Frame(SessionBench.Batch(1, 5, 6));
        var second = bench.Frame(SessionBench.Batch(2, 6, 9));
        Assert.Equal(1ul, first.One<SyncAction.ApplyBatch>().Batch.Sequence);
        Assert.Empty(second);

        var durable = bench.Give(new SyncInput.BatchApplied(new SyncAck { Applied = SessionBench.Right(6) }));
        Assert.Equal((1ul, SessionBench.Right(6)), (durable.Frames()[0].Ack.Sequence, durable.Frames()[0].Ack.Applied));
        Assert.Equal(2ul, durable.One<SyncAction.ApplyBatch>().Batch.Sequence);
    }

    [Fact]
    public void A_batch_that_leaves_a_gap_is_out_of_step_and_both_cursors_are_named()
    {
        var bench = new SessionBench();
        bench.Open();

        var detail = bench.Fails(SessionBench.Batch(1, 6, 9)).Metadata["detail"];

        Assert.Contains($"{SessionBench.RightEpoch}:6", detail, StringComparison.Ordinal);
        Assert.Contains($"{SessionBench.RightEpoch}:5", detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lost_batch_of_reprojections_is_a_gap_although_the_cursors_join()
    {
        var bench = new SessionBench();
        bench.Open();

        Assert.Equal(ErrorReason.SyncProtocol, bench.Fails(SessionBench.Batch(2, 5, 6)).Reason);
    }

    [Fact]
    public void A_repeat_of_the_last_durable_batch_is_acknowledged_again()
    {
        var bench = new SessionBench();
        bench.Open();
        bench.Frame(SessionBench.Batch(1, 5, 6));
        bench.Give(new SyncInput.BatchApplied(new SyncAck { Applied = SessionBench.Right(6) }));

        var again = bench.Frame(SessionBench.Batch(1, 5, 6));

        Assert.Equal((1ul, SessionBench.Right(6)), (again.Frames()[0].Ack.Sequence, again.Frames()[0].Ack.Applied));
        Assert.Empty(again.OfType<SyncAction.ApplyBatch>());
    }

    [Fact]
    public void A_batch_that_was_durable_before_the_session_is_acknowledged_and_not_applied()
    {
        var bench = new SessionBench();
        bench.Open();

        var actions = bench.Frame(SessionBench.Batch(1, 3, 5, changes: 2));

        Assert.Equal((1ul, 2u), (actions.Frames()[0].Ack.Sequence, actions.Frames()[0].Ack.SkippedCount));
        Assert.Empty(actions.OfType<SyncAction.ApplyBatch>());
    }

    // Seed 888 of the simulation found this: the repeat was acknowledged while the first was still being committed.
    [Fact]
    public void A_repeated_batch_of_reprojections_is_never_acknowledged_before_it_is_durable()
    {
        var bench = new SessionBench();
        bench.Open();
        bench.Frame(SessionBench.Batch(1, 5, 5));

        Assert.Equal(ErrorReason.SyncProtocol, bench.Fails(SessionBench.Batch(1, 5, 5)).Reason);
    }

    [Fact]
    public void More_batches_than_the_window_allows_are_out_of_step()
    {
        var bench = new SessionBench(change: options => options with { Window = 2 });
        bench.Open();
        bench.Frame(SessionBench.Batch(1, 5, 6));
        bench.Frame(SessionBench.Batch(2, 6, 7));

        Assert.Contains("window of 2", bench.Fails(SessionBench.Batch(3, 7, 8)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_batch_of_another_epoch_than_the_hello_is_out_of_step()
    {
        var bench = new SessionBench();
        bench.Open();
        var batch = SessionBench.Batch(1, 5, 6);
        batch.Batch.To.Epoch = SessionBench.LeftEpoch;

        Assert.Equal(ErrorReason.SyncProtocol, bench.Fails(batch).Reason);
    }

    [Fact]
    public void Caught_up_is_answered_with_a_verdict_on_the_digest_held_here()
    {
        var bench = new SessionBench();
        bench.Open();

        var verdict = bench.SettleIncoming().Frames()[0].Verdict;

        Assert.True(verdict.Matches);
        Assert.Equal(SessionBench.Right(5), verdict.Cursor);
    }

    [Fact]
    public void A_digest_that_differs_is_answered_with_the_buckets()
    {
        var bench = new SessionBench();
        bench.Open();
        var theirs = new SyncDigest { Count = 2, Root = SessionBench.Digest("theirs") };
        bench.Frame(new SyncFrame { CaughtUp = new SyncCaughtUp { Cursor = SessionBench.Right(5), Digest = theirs } });
        var ours = new SyncDigest { Count = 1, Root = SessionBench.Digest("ours") };

        var again = bench.Give(new SyncInput.DigestReady(SyncDirection.Incoming, ours));
        Assert.True(again.One<SyncAction.ComputeDigest>().WithBuckets);
        ours.Buckets = SessionBench.Digest("buckets");
        var verdict = bench.Give(new SyncInput.DigestReady(SyncDirection.Incoming, ours)).Frames()[0].Verdict;

        Assert.False(verdict.Matches);
        Assert.Equal(ours, verdict.Digest);
        Assert.False(bench.Progress.DigestsMatch);
    }

    [Fact]
    public void Nothing_is_applied_while_digests_are_compared()
    {
        var bench = new SessionBench(mode: SyncMode.Live);
        bench.Open();
        var digest = new SyncDigest();
        bench.Frame(new SyncFrame { CaughtUp = new SyncCaughtUp { Cursor = SessionBench.Right(5), Digest = digest } });

        Assert.Empty(bench.Frame(SessionBench.Batch(1, 5, 6)).OfType<SyncAction.ApplyBatch>());
        bench.Give(new SyncInput.DigestReady(SyncDirection.Incoming, digest)).One<SyncAction.ApplyBatch>();
    }

    [Fact]
    public void Caught_up_before_everything_is_acknowledged_is_out_of_step()
    {
        var bench = new SessionBench();
        bench.Open();
        bench.Frame(SessionBench.Batch(1, 5, 6));
        var caughtUp = new SyncCaughtUp { Cursor = SessionBench.Right(6), Digest = new SyncDigest() };

        Assert.Equal(ErrorReason.SyncProtocol, bench.Fails(new SyncFrame { CaughtUp = caughtUp }).Reason);
    }

    [Fact]
    public void Caught_up_that_a_batch_of_reprojections_overtook_is_out_of_step_although_the_cursors_agree()
    {
        var bench = new SessionBench();
        bench.Open();
        bench.Frame(SessionBench.Batch(1, 5, 5));
        bench.Give(new SyncInput.BatchApplied(new SyncAck { Applied = SessionBench.Right(5) }));
        var caughtUp = new SyncCaughtUp
        {
            Cursor = SessionBench.Right(5),
            Digest = new SyncDigest(),
            Number = 1,
            NextSequence = 1,
        };

        var failure = bench.Fails(new SyncFrame { CaughtUp = caughtUp });

        Assert.Equal(ErrorReason.SyncProtocol, failure.Reason);
        Assert.Contains("batch 1 is applied", failure.Metadata["detail"], StringComparison.Ordinal);
    }
}
