using Exchange.Node.Sync;
using Exchange.Node.Tests.Sync;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Xunit;

namespace Exchange.Node.Tests.Outages;

/// <summary>What a session says of outages and does with what it hears.</summary>
public sealed class SessionOutageTests
{
    [Fact]
    public void A_hello_with_outages_is_noted_and_one_without_news_isnt()
    {
        var hello = SessionBench.Hello();
        hello.PlannedOutages.Add(Outage());

        var noted = Assert.Single(new SessionBench().Open(hello).OfType<SyncAction.NoteOutages>());

        Assert.Equal([Outage()], noted.Outages);
        Assert.Empty(new SessionBench().Open().OfType<SyncAction.NoteOutages>());
    }

    [Fact]
    public void A_change_is_told_once_in_a_heartbeat()
    {
        var bench = new SessionBench();
        bench.Open();

        var sent = bench.Give(new SyncInput.OutagesChanged([Outage()])).OfType<SyncAction.Send>().ToList();

        Assert.Equal([Outage()], Assert.Single(sent).Frame.Heartbeat.PlannedOutages.Outages);
        Assert.Empty(bench.Give(new SyncInput.OutagesChanged([Outage()])).OfType<SyncAction.Send>());
    }

    [Fact]
    public void A_heartbeat_that_calls_off_is_noted_and_an_ordinary_one_calls_off_nothing()
    {
        var hello = SessionBench.Hello();
        hello.PlannedOutages.Add(Outage());
        var bench = new SessionBench();
        bench.Open(hello);

        Assert.Empty(bench.Frame(Heartbeat(null)).OfType<SyncAction.NoteOutages>());
        var noted = bench.Frame(Heartbeat(new PlannedOutages())).OfType<SyncAction.NoteOutages>();

        Assert.Empty(Assert.Single(noted).Outages);
    }

    [Fact]
    public void Outages_of_another_node_are_refused()
    {
        var foreign = Outage();
        foreign.Node = "elsewhere";
        var hello = SessionBench.Hello();
        hello.PlannedOutages.Add(foreign);

        var failed = Assert.IsType<SyncAction.Fail>(new SessionBench().Open(hello)[^1]);
        var bench = new SessionBench();
        bench.Open();
        var later = bench.Fails(Heartbeat(new PlannedOutages { Outages = { foreign } }));

        Assert.Equal(ErrorReason.SyncProtocol, failed.Failure.Reason);
        Assert.Equal(ErrorReason.SyncProtocol, later.Reason);
    }

    private static SyncFrame Heartbeat(PlannedOutages? outages) =>
        new() { Heartbeat = new SyncHeartbeat { PlannedOutages = outages } };

    private static PlannedOutage Outage() => new()
    {
        Id = "019aa2b4-5c6d-7e8f-9012-3456789abcde",
        Node = "right",
        StartTime = SessionBench.Hello().SentTime,
        EndTime = Timestamp.FromDateTimeOffset(SessionBench.Hello().SentTime.ToDateTimeOffset().AddDays(1)),
        Reason = "moving house",
        AnnounceTime = SessionBench.Hello().SentTime,
    };
}
