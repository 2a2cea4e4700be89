using Exchange.Node.Sync;
using Exchange.V1;
using Google.Protobuf;
using Google.Type;
using Grpc.Core;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>
/// Nodes of different software: who is old is told before it is refused, and what a newer one says beyond this contract
/// ends no session.
/// </summary>
public sealed class SessionProtocolTests
{
    // The bench begins on 2 March at 02:30.
    private static readonly ProtocolVersions Newer = new(1, 3, End(2, day: 3), End(3, day: 20));

    [Fact]
    public void A_hello_says_what_is_refused_and_from_which_day_on()
    {
        var hello = Bench(Newer).Give(new SyncInput.Connected(SessionBench.Right(5))).Frames()[0].Hello;

        Assert.Equal((1u, 3u), (hello.MinProtocol, hello.MaxProtocol));
        Assert.Equal(Newer.Ends, hello.ProtocolEnds);
    }

    [Fact]
    public void Before_the_day_an_older_partner_gets_its_session_and_is_refused_on_the_day()
    {
        var bench = Bench(Newer);

        Assert.DoesNotContain(bench.Open(), action => action is SyncAction.Fail);
        Assert.Equal(1u, bench.Progress.PeerProtocol!.MaxProtocol);
        var late = Bench(Newer);
        late.Elapsed = TimeSpan.FromDays(1);
        var hello = late.Give(new SyncInput.Connected(SessionBench.Right(5))).Frames()[0].Hello;
        var failure = late.Fails(new SyncFrame { Hello = SessionBench.Hello() });

        Assert.Equal((2u, 3u), (hello.MinProtocol, hello.MaxProtocol));
        Assert.Equal(
            (StatusCode.FailedPrecondition, ErrorReason.ContractUnsupported), (failure.Status, failure.Reason));
        Assert.Equal(("2-3", "1-1"), (failure.Metadata["ours"], failure.Metadata["theirs"]));
        Assert.EndsWith("Upgrade 'right'.", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1u, late.Progress.PeerProtocol!.MaxProtocol);
    }

    [Fact]
    public void The_older_side_refuses_as_well_and_names_itself()
    {
        var hello = SessionBench.Hello();
        (hello.MinProtocol, hello.MaxProtocol) = (2, 3);
        var bench = new SessionBench();
        bench.Give(new SyncInput.Connected(SessionBench.Right(5)));

        var failure = bench.Fails(new SyncFrame { Hello = hello });

        Assert.Equal(("1-1", "2-3"), (failure.Metadata["ours"], failure.Metadata["theirs"]));
        Assert.EndsWith("Upgrade 'left'.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_live_session_with_an_older_partner_ends_when_the_day_begins()
    {
        var bench = Bench(Newer, SyncMode.Live, options => options with { IdleTimeout = TimeSpan.FromDays(2) });
        bench.Open();

        Assert.DoesNotContain(bench.Tick(TimeSpan.FromHours(21)), action => action is SyncAction.Fail);
        bench.Elapsed = TimeSpan.FromHours(22);

        Assert.Equal(ErrorReason.ContractUnsupported, bench.Fails(new SyncInput.Tick()).Reason);
    }

    [Fact]
    public void A_partner_that_speaks_what_is_needed_stays()
    {
        var bench = Bench(Newer, SyncMode.Live, options => options with { IdleTimeout = TimeSpan.FromDays(2) });
        var hello = SessionBench.Hello();
        hello.MaxProtocol = 2;
        bench.Open(hello);

        Assert.DoesNotContain(bench.Tick(TimeSpan.FromHours(22)), action => action is SyncAction.Fail);
    }

    [Theory]
    [InlineData(0u, 3)]
    [InlineData(2u, 0)]
    [InlineData(2u, 32)]
    public void Days_that_arent_are_refused_and_not_noted(uint version, int day)
    {
        var bench = new SessionBench();
        bench.Give(new SyncInput.Connected(SessionBench.Right(5)));
        var hello = SessionBench.Hello();
        hello.ProtocolEnds.Add(End(version, day));

        Assert.Equal(ErrorReason.SyncProtocol, bench.Fails(new SyncFrame { Hello = hello }).Reason);
        Assert.Null(bench.Progress.PeerProtocol);
    }

    [Fact]
    public void A_frame_that_this_version_does_not_know_is_passed_over()
    {
        var bench = new SessionBench();
        bench.Give(new SyncInput.Connected(SessionBench.Right(5)));

        Assert.Empty(bench.Frame(SyncFrame.Parser.ParseFrom(Later(500))));
        Assert.DoesNotContain(
            bench.Frame(new SyncFrame { Hello = SessionBench.Hello() }), action => action is SyncAction.Fail);
        Assert.Empty(bench.Frame(SyncFrame.Parser.ParseFrom(Later(500))));
        Assert.Single(bench.Frame(SessionBench.Batch(1, 5, 6)).OfType<SyncAction.ApplyBatch>());
    }

    [Fact]
    public void Fields_and_a_mode_that_this_version_does_not_know_end_no_session()
    {
        var bench = new SessionBench(isCaller: false);
        var hello = SessionBench.Hello();
        hello.Mode = (SyncMode)77;
        byte[] bytes = [.. hello.ToByteArray(), .. Later(400)];

        Assert.DoesNotContain(bench.Open(SyncHello.Parser.ParseFrom(bytes)), action => action is SyncAction.Fail);
        Assert.Equal(SyncMode.Nightly, bench.Progress.Mode);
    }

    [Fact]
    public void A_change_that_this_version_does_not_know_is_handed_on_like_any_other()
    {
        var bench = new SessionBench();
        bench.Open();
        var batch = SessionBench.Batch(1, 5, 6, changes: 0);
        batch.Batch.Changes.Add(SyncChange.Parser.ParseFrom(Later(300)));

        Assert.Equal(batch.Batch, bench.Frame(batch).One<SyncAction.ApplyBatch>().Batch);
        var acknowledged = new SyncAck
        {
            Applied = SessionBench.Right(6),
            Quarantined = { new QuarantinedChange { Reason = ErrorReason.ChangeInvalid } },
        };
        var answer = bench.Give(new SyncInput.BatchApplied(acknowledged)).Frames();

        Assert.Equal(ErrorReason.ChangeInvalid, Assert.Single(answer).Ack.Quarantined[0].Reason);
        Assert.Equal(1ul, bench.Progress.Quarantined);
    }

    /// <summary>A field of a later version that holds some text.</summary>
    internal static byte[] Later(int field)
    {
        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes, leaveOpen: true))
        {
            output.WriteTag(field, WireFormat.WireType.LengthDelimited);
            output.WriteString("of a later version");
        }

        return bytes.ToArray();
    }

    private static SessionBench Bench(
        ProtocolVersions protocol,
        SyncMode mode = SyncMode.Nightly,
        Func<SyncSessionOptions, SyncSessionOptions>? change = null) =>
        new(mode: mode, change: options => (change?.Invoke(options) ?? options) with { Protocol = protocol });

    private static ProtocolEnd End(uint version, int day) => new()
    {
        MinProtocol = version,
        FromDate = new Date { Year = 2026, Month = 3, Day = day },
    };
}
