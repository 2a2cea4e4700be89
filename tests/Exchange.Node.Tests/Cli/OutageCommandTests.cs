using System.Text.Json;
using Exchange.Cli;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Xunit;

namespace Exchange.Node.Tests.Cli;

/// <summary><c>exchange outage</c></summary>
public sealed class OutageCommandTests
{
    private const string Id = "019a0000-0000-7000-8000-0000000000aa";

    [Fact]
    public async Task Announce_reads_times_as_they_are_in_Shanghai()
    {
        var node = new FakeNode().On<AnnounceOutageRequest>("AnnounceOutage", request =>
        {
            Assert.Equal(
                (new DateTimeOffset(2026, 3, 1, 16, 0, 0, TimeSpan.Zero).ToTimestamp(), "new disks"),
                (request.StartTime, request.Reason));
            return new AnnounceOutageResponse { Outage = Outage(request.StartTime, request.EndTime) };
        });
        var run = new CommandRun { Node = node };

        var exit = await run.RunAsync(
            "outage", "announce", "--from", "2026-03-02", "--until", "2026-03-04T06:30", "--reason", "new disks");

        Assert.Equal(ExitCode.Ok, exit);
        Assert.Equal(
            $"{Id} dongguan is away from 2026-03-01 16:00:00Z to 2026-03-03 22:30:00Z: new disks\n", run.Output);
    }

    [Fact]
    public async Task A_time_that_isnt_one_and_a_missing_reason_do_nothing()
    {
        var run = new CommandRun { Node = new FakeNode() };

        Assert.Equal(
            ExitCode.Usage, await run.RunAsync("outage", "announce", "--until", "tomorrow", "--reason", "new disks"));
        Assert.Equal(ExitCode.Usage, await run.RunAsync("outage", "announce", "--until", "2026-03-04"));
    }

    [Fact]
    public async Task List_and_cancel_tell_the_outage()
    {
        var at = new Timestamp();
        var node = new FakeNode()
            .On<ListOutagesRequest>("ListOutages", request =>
            {
                Assert.True(request.IncludePast);
                return new ListOutagesResponse { Outages = { Outage(at, at) } };
            })
            .On<CancelOutageRequest>(
                "CancelOutage", request => new CancelOutageResponse { Outage = Outage(at, at, request.Id) });
        var (list, cancel) = (new CommandRun { Node = node }, new CommandRun { Node = node });

        await list.RunAsync("outage", "list", "--all", "--json");
        await cancel.RunAsync("outage", "cancel", Id);

        var item = JsonDocument.Parse(list.Output).RootElement.GetProperty("outages")[0];
        Assert.Equal((Id, "dongguan"), (item.GetProperty("id").GetString(), item.GetProperty("node").GetString()));
        Assert.StartsWith("called off: dongguan", cancel.Output, StringComparison.Ordinal);
    }

    private static PlannedOutage Outage(Timestamp start, Timestamp end, string id = Id) => new()
    {
        Id = id,
        Node = "dongguan",
        StartTime = start,
        EndTime = end,
        Reason = "new disks",
        AnnounceTime = new Timestamp(),
    };
}
