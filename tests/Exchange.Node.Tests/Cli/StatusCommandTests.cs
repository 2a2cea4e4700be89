using System.Text.Json;
using Exchange.Cli;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Google.Type;
using Xunit;

namespace Exchange.Node.Tests.Cli;

/// <summary><c>exchange status</c></summary>
public sealed class StatusCommandTests
{
    [Fact]
    public async Task Status_tells_identity_records_and_partners()
    {
        var run = new CommandRun
        {
            Node = FakeNode.WithStatus(),
            Time = new ManualTime(DateTimeOffset.UnixEpoch.AddMinutes(90)),
        };

        var exit = await run.RunAsync("status");

        Assert.Equal(ExitCode.Ok, exit);
        Assert.Equal(
            """
            zhaotong (昭通市) at https://127.0.0.1:7070: SERVING, exchange 0.1.0, a test node
            store sqlite, feed position 1,234, up 1 h 30 min, 0 watchers
              worker                    1,000
              (deleted)                     2
            partner dongguan under zhaotong-dongguan:1: no session is running
              never current so far; 0 positions behind
              sent 0, received 0, withheld 990, quarantined 0
              0 sessions, 0 resumed; no session completed yet that compared digests

            """,
            run.Output);
    }

    [Fact]
    public async Task What_a_person_should_look_at_is_told()
    {
        var run = new CommandRun { Node = Waiting(), Time = new ManualTime(DateTimeOffset.UnixEpoch) };

        await run.RunAsync("status");

        Assert.Contains(
            "\n1,002 findings about ID numbers; see exchange review identity list\n",
            run.Output,
            StringComparison.Ordinal);
        Assert.Contains(
            "\n  3 records that came back aren't whole; see exchange review partial list\n",
            run.Output,
            StringComparison.Ordinal);
    }

    // The day begins in Shanghai, eight hours before it does in Greenwich.
    [Theory]
    [InlineData(15, "before 1970-01-02: zhaotong refuses it from that day on", " then")]
    [InlineData(16, "now: zhaotong refuses it since 1970-01-02", "")]
    public async Task A_partner_that_must_be_upgraded_is_told_with_the_day(int hours, string when, string then)
    {
        var time = new ManualTime(DateTimeOffset.UnixEpoch.AddHours(hours));
        var text = new CommandRun { Node = Waiting(), Time = time };
        var json = new CommandRun { Node = Waiting(), Time = time };

        await text.RunAsync("status");
        await json.RunAsync("status", "--json");

        Assert.Contains(
            $"\n  upgrade dongguan {when}. It speaks sync protocol 1, and 2 is needed{then}\n",
            text.Output,
            StringComparison.Ordinal);
        var upgrade = JsonDocument.Parse(json.Output).RootElement.GetProperty("peers")[0].GetProperty("upgrade");
        Assert.Equal("1970-01-02", upgrade.GetProperty("fromDate").GetString());
    }

    [Theory]
    [InlineData(29, true)]
    [InlineData(31, false)]
    public async Task A_certificate_that_ends_within_thirty_days_is_told(int days, bool isTold)
    {
        var end = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch.AddDays(days));
        var run = new CommandRun
        {
            Node = FakeNode.WithStatus()
                .On<GetCertificateRequest>("GetCertificate", _ => new GetCertificateResponse { ValidToTime = end })
                .On<ListPeersRequest>("ListPeers", _ => new ListPeersResponse
                {
                    Peers = { new PeerStatus { Node = "dongguan", PinnedUntilTime = end } },
                }),
            Time = new ManualTime(DateTimeOffset.UnixEpoch),
        };

        await run.RunAsync("status");

        Assert.Equal(
            isTold,
            run.Output.Contains(
                "\nthe node's certificate is good until 1970-01-30 only; see exchange certificate roll\n",
                StringComparison.Ordinal));
        Assert.Equal(
            isTold, run.Output.Contains("\n  its certificate is good until 1970-01-30 only\n", StringComparison.Ordinal));
    }

    private static FakeNode Waiting() => FakeNode.WithStatus()
        .On<GetStatusRequest>("GetStatus", _ => new GetStatusResponse
        {
            Head = new FeedCursor(),
            StartTime = new Timestamp(),
            OpenReviewCount = 1002,
        })
        .On<ListPeersRequest>("ListPeers", _ => new ListPeersResponse
        {
            Peers =
            {
                new PeerStatus
                {
                    Node = "dongguan",
                    PartialCount = 3,
                    ProtocolDeadline = new ProtocolDeadline
                    {
                        Node = "dongguan",
                        RefusingNode = "zhaotong",
                        MaxProtocol = 1,
                        NeededProtocol = 2,
                        FromDate = new Date { Year = 1970, Month = 1, Day = 2 },
                    },
                },
            },
        });

    [Fact]
    public async Task Status_is_one_json_object_for_programs()
    {
        var run = new CommandRun { Node = FakeNode.WithStatus() };

        await run.RunAsync("status", "--json");

        var status = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal("zhaotong", status.GetProperty("node").GetString());
        Assert.Equal(1000, status.GetProperty("records").GetProperty("worker").GetInt64());
        Assert.Equal(990, status.GetProperty("peers")[0].GetProperty("withheld").GetInt64());
    }
}
