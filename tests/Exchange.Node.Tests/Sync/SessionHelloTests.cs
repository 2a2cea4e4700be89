using Exchange.Node.Sync;
using Exchange.V1;
using Google.Type;
using Grpc.Core;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>How a session begins, and what keeps it from it.</summary>
public sealed class SessionHelloTests
{
    [Fact]
    public void Caller_says_hello_first_and_names_where_both_stand()
    {
        var hello = new SessionBench().Give(new SyncInput.Connected(SessionBench.Right(5))).Frames()[0].Hello;

        Assert.Equal("left", hello.Node);
        Assert.Equal(("left-right", 2u), (hello.AgreementId, hello.AgreementVersion));
        Assert.Equal(SessionBench.LeftEpoch, hello.Epoch);
        Assert.Equal(SessionBench.Right(5), hello.Applied);
        Assert.Equal(SessionBench.SessionId, hello.SessionId);
        Assert.Equal(8u, hello.Window);
    }

    [Fact]
    public void Called_side_answers_with_the_callers_session_and_mode()
    {
        var bench = new SessionBench(isCaller: false);
        Assert.Empty(bench.Give(new SyncInput.Connected(SessionBench.Right(5))));
        var callers = SessionBench.Hello();
        callers.Mode = SyncMode.Live;

        var answer = bench.Frame(new SyncFrame { Hello = callers }).Frames()[0].Hello;

        Assert.Equal((SessionBench.SessionId, SyncMode.Live), (answer.SessionId, answer.Mode));
    }

    [Fact]
    public void An_unspecified_mode_is_nightly()
    {
        var bench = new SessionBench(isCaller: false);
        var callers = SessionBench.Hello();
        callers.Mode = SyncMode.Unspecified;

        bench.Open(callers);

        Assert.Equal(SyncMode.Nightly, bench.Progress.Mode);
    }

    [Fact]
    public void Another_node_than_the_expected_one_is_refused_by_name()
    {
        var failure = FailureOf(hello => hello.Node = "zhongshan");

        Assert.Equal((StatusCode.PermissionDenied, ErrorReason.PeerUnknown), (failure.Status, failure.Reason));
        Assert.Equal("zhongshan", failure.Metadata["node"]);
    }

    [Fact]
    public void A_node_id_that_isnt_one_isnt_repeated()
    {
        Assert.Equal("unnamed", FailureOf(hello => hello.Node = "530102199001011234 王").Metadata["node"]);
    }

    [Fact]
    public void Protocol_ranges_that_dont_meet_are_both_named()
    {
        var failure = FailureOf(hello => (hello.MinProtocol, hello.MaxProtocol) = (2, 3));

        Assert.Equal(
            (StatusCode.FailedPrecondition, ErrorReason.ContractUnsupported), (failure.Status, failure.Reason));
        Assert.Equal(("1-1", "2-3"), (failure.Metadata["ours"], failure.Metadata["theirs"]));
        Assert.True(failure.NeedsPeople);
    }

    [Fact]
    public void Different_versions_of_an_agreement_are_both_named()
    {
        var failure = FailureOf(hello =>
        {
            hello.AgreementVersion = 1;
            hello.AgreementDigest = SessionBench.Terms(1).Digest;
        });

        Assert.Equal(
            (StatusCode.FailedPrecondition, ErrorReason.AgreementMismatch), (failure.Status, failure.Reason));
        Assert.Equal("left-right", failure.Metadata["agreement"]);
        Assert.Equal($"2 ({Hex(2)})", failure.Metadata["ours"]);
        Assert.Equal($"1 ({Hex(1)})", failure.Metadata["theirs"]);
    }

    [Fact]
    public void The_same_version_with_another_text_is_a_mismatch()
    {
        Assert.Equal(
            ErrorReason.AgreementMismatch,
            FailureOf(hello => hello.AgreementDigest = SessionBench.Digest("other")).Reason);
    }

    [Fact]
    public void The_next_version_of_an_agreement_is_good_as_well()
    {
        var next = SessionBench.Terms(3);
        var bench = new SessionBench(change: options => options with { Successor = next });
        var hello = SessionBench.Hello();
        (hello.AgreementVersion, hello.AgreementDigest) = (3, next.Digest);

        Assert.DoesNotContain(bench.Open(hello), action => action is SyncAction.Fail);
    }

    [Fact]
    public void An_agreement_that_is_over_is_refused_with_its_days()
    {
        var failure = FailureOf(_ => { }, end: Day(1));

        Assert.Equal(
            (StatusCode.FailedPrecondition, ErrorReason.AgreementNotInForce), (failure.Status, failure.Reason));
        Assert.Equal("2026-03-01", failure.Metadata["valid_to"]);
    }

    [Fact]
    public void A_live_session_ends_when_its_agreement_does()
    {
        var bench = new SessionBench(mode: SyncMode.Live, change: options => options with
        {
            Agreement = SessionBench.Terms(2, Day(2)),
            IdleTimeout = TimeSpan.FromDays(2),
        });
        var hello = SessionBench.Hello();
        hello.AgreementDigest = SessionBench.Terms(2, Day(2)).Digest;
        bench.Open(hello);

        Assert.DoesNotContain(bench.Tick(TimeSpan.FromHours(20)), action => action is SyncAction.Fail);
        bench.Elapsed += TimeSpan.FromHours(3);

        Assert.Equal(ErrorReason.AgreementNotInForce, bench.Fails(new SyncInput.Tick()).Reason);
    }

    [Fact]
    public void After_the_end_a_session_is_let_in_while_something_is_still_to_be_taken_back()
    {
        var terms = SessionBench.Terms(2, Day(1));
        var bench = new SessionBench(change: options => options with { Agreement = terms, IsWindingUp = true });
        var hello = SessionBench.Hello();
        hello.AgreementDigest = terms.Digest;

        Assert.DoesNotContain(bench.Open(hello), action => action is SyncAction.Fail);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void After_the_end_a_session_closes_when_all_is_taken_back_although_live_was_asked(bool isCaller)
    {
        var terms = SessionBench.Terms(2, Day(1));
        var bench = new SessionBench(
            isCaller, SyncMode.Live, options => options with { Agreement = terms, IsWindingUp = true });
        var hello = SessionBench.Hello();
        (hello.AgreementDigest, hello.Mode) = (terms.Digest, SyncMode.Live);

        var said = bench.Open(hello).Frames()[0].Hello;

        Assert.Equal((SyncMode.Nightly, SyncMode.Nightly), (said.Mode, bench.Progress.Mode));
    }

    [Fact]
    public void A_live_session_ends_in_good_order_when_something_else_may_flow()
    {
        var midnight = new DateTimeOffset(2026, 3, 3, 0, 0, 0, TimeSpan.FromHours(8));
        var bench = new SessionBench(mode: SyncMode.Live, change: options => options with
        {
            TermsUntil = midnight,
            IdleTimeout = TimeSpan.FromDays(2),
        });
        bench.Open();
        Assert.DoesNotContain(bench.Tick(TimeSpan.FromHours(20)), action => action is SyncAction.Finish);

        var actions = bench.Tick(TimeSpan.FromHours(2));

        Assert.Contains(actions, action => action is SyncAction.Send { Frame.Goodbye: not null });
        Assert.Equal(SyncEnd.PeerLeft, actions.OfType<SyncAction.Finish>().Single().End);
    }

    [Fact]
    public void A_hello_that_doesnt_echo_the_session_is_out_of_step()
    {
        Assert.Equal(ErrorReason.SyncProtocol, FailureOf(hello => hello.SessionId = SessionBench.LeftEpoch).Reason);
    }

    [Fact]
    public void A_frame_before_hello_is_out_of_step()
    {
        var bench = new SessionBench();
        bench.Give(new SyncInput.Connected(SessionBench.Right(5)));

        Assert.Equal("Batch came before Hello", bench.Fails(SessionBench.Batch(1, 5, 6)).Metadata["detail"]);
    }

    [Fact]
    public void The_first_page_begins_where_the_peer_stands()
    {
        Assert.Equal(SessionBench.Left(10), new SessionBench().Open().One<SyncAction.ReadPage>().After);
    }

    [Fact]
    public void A_cursor_of_a_foreign_epoch_means_from_the_start()
    {
        var hello = SessionBench.Hello();
        hello.Applied = new FeedCursor { Epoch = SessionBench.SessionId, Position = 99 };

        var bench = new SessionBench();
        Assert.Empty(bench.Open(hello).OfType<SyncAction.ReadPage>());
        bench.Frame(SessionBench.LastReturn());
        var actions = bench.Give(new SyncInput.BatchApplied(new SyncAck { Applied = SessionBench.Right(5) }));

        Assert.Equal(SessionBench.Left(0), actions.One<SyncAction.ReadPage>().After);
    }

    [Fact]
    public void Our_own_cursor_of_a_foreign_epoch_makes_us_take_batches_from_the_start()
    {
        var hello = SessionBench.Hello();
        hello.Epoch = SessionBench.SessionId;
        var bench = new SessionBench();
        bench.Open(hello);
        var batch = SessionBench.Batch(1, 0, 4);
        (batch.Batch.From.Epoch, batch.Batch.To.Epoch) = (hello.Epoch, hello.Epoch);

        Assert.Equal(batch.Batch, bench.Frame(batch).One<SyncAction.ApplyBatch>().Batch);
    }

    [Fact]
    public void The_peers_clock_is_measured_and_nothing_is_ordered_by_it()
    {
        var bench = new SessionBench();
        var hello = SessionBench.Hello();
        hello.SentTime.Seconds += 7200;

        bench.Open(hello);

        Assert.Equal(TimeSpan.FromHours(2), bench.Progress.Skew);
    }

    private static Date Day(int day) => new() { Year = 2026, Month = 3, Day = day };

    private static string Hex(uint version) =>
        Convert.ToHexStringLower(SessionBench.Terms(version).Digest.Span)[..16];

    private static SyncFailure FailureOf(Action<SyncHello> spoil, Date? end = null)
    {
        var terms = SessionBench.Terms(2, end);
        var bench = new SessionBench(change: options => options with { Agreement = terms });
        bench.Give(new SyncInput.Connected(SessionBench.Right(5)));
        var hello = SessionBench.Hello();
        hello.AgreementDigest = terms.Digest;
        spoil(hello);
        return bench.Fails(new SyncFrame { Hello = hello });
    }
}
