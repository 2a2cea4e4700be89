using Exchange.Node.Sync;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>Who gives back what to whom after a restore, and what waits for it.</summary>
public sealed class SessionReturnTests
{
    [Fact]
    public void A_restored_node_sends_nothing_of_its_own_before_everything_came_back()
    {
        var bench = new SessionBench();

        var opened = bench.Open(Restored());
        var returned = bench.Frame(SessionBench.LastReturn());
        var applied = bench.Give(new SyncInput.BatchApplied(new SyncAck { Applied = SessionBench.Right(5) }));

        Assert.True(bench.Progress.IsRestored);
        Assert.Empty(opened.Concat(returned).OfType<SyncAction.ReadPage>());
        Assert.Single(applied.OfType<SyncAction.ReadPage>());
        Assert.Equal(0ul, bench.Progress.Received);
    }

    [Fact]
    public void A_peer_that_knows_nothing_of_returns_is_waited_for_only_until_it_has_caught_up()
    {
        var bench = new SessionBench();
        bench.Open(Restored());

        var caughtUp = new SyncCaughtUp { Cursor = SessionBench.Right(5), Digest = new SyncDigest() };
        var actions = bench.Frame(new SyncFrame { CaughtUp = caughtUp });

        Assert.Single(actions.OfType<SyncAction.ReadPage>());
    }

    [Fact]
    public void A_peer_that_was_restored_is_given_back_first_what_was_applied_of_it()
    {
        var hello = SessionBench.Hello();
        hello.Epoch = SessionBench.SessionId;
        var bench = new SessionBench();

        var first = bench.Open(hello).One<SyncAction.ReadReturns>();
        bench.Give(new SyncInput.PageRead(Page(new ReturnedRecord { Record = new V1.Record() })));
        bench.Frame(SessionBench.Ack(1, 10));
        var second = bench.Give(new SyncInput.PageConfirmed());
        bench.Give(new SyncInput.PageRead(Page(new ReturnedRecord { Last = true })));
        bench.Frame(SessionBench.Ack(2, 10));
        var third = bench.Give(new SyncInput.PageConfirmed());

        Assert.Equal((SessionBench.Left(10), hello.Epoch), (first.After, first.Epoch));
        Assert.Single(second.OfType<SyncAction.ReadReturns>());
        Assert.Equal(SessionBench.Left(10), third.One<SyncAction.ReadPage>().After);
        Assert.Equal((0ul, 1ul, true), (bench.Progress.Sent, bench.Progress.Returned, bench.Progress.IsPeerRestored));
    }

    [Fact]
    public void When_both_were_restored_both_give_back_before_either_goes_on()
    {
        var hello = Restored();
        hello.Epoch = SessionBench.SessionId;
        var bench = new SessionBench();

        bench.Open(hello).One<SyncAction.ReadReturns>();
        bench.Give(new SyncInput.PageRead(new OutgoingPage(
            SessionBench.Left(0),
            SessionBench.Left(0),
            [new SyncChange { Returned = new ReturnedRecord { Last = true } }],
            AtHead: false,
            [])));
        bench.Frame(SessionBench.Ack(1, 0));
        var waiting = bench.Give(new SyncInput.PageConfirmed());

        Assert.Empty(waiting.OfType<SyncAction.ReadPage>());
    }

    [Fact]
    public void A_peer_that_read_nothing_of_this_epoch_is_told_of_it_even_when_there_is_nothing_else()
    {
        var hello = SessionBench.Hello();
        hello.Applied = null;
        var bench = new SessionBench();
        bench.Open(hello);

        var frames = bench.Give(new SyncInput.PageRead(SessionBench.Page(0, 0, atHead: true, changes: 0))).Frames();

        var batch = Assert.Single(frames).Batch;
        Assert.Equal((SessionBench.Left(0), SessionBench.Left(0), 0), (batch.From, batch.To, batch.Changes.Count));
    }

    // The peer last read another epoch of ours.
    private static SyncHello Restored()
    {
        var hello = SessionBench.Hello();
        hello.Applied = new FeedCursor { Epoch = SessionBench.SessionId, Position = 99 };
        return hello;
    }

    private static OutgoingPage Page(ReturnedRecord returned) => new(
        SessionBench.Left(10), SessionBench.Left(10), [new SyncChange { Returned = returned }], AtHead: false, []);
}
