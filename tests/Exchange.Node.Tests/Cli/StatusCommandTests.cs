using System.Text.Json;
using Exchange.Cli;
using Exchange.Testing;
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
            zhaotong (昭通市) at http://127.0.0.1:7070: SERVING, exchange 0.1.0, a test node
            store sqlite, feed position 1,234, up 1 h 30 min, 0 watchers
              worker                    1,000
              (deleted)                     2
            partner dongguan under zhaotong-dongguan:1: no session is running
              never current so far; 0 positions behind
              sent 0, received 0, withheld 990, quarantined 0
              0 sessions, 0 resumed; digests don't agree

            """,
            run.Output);
    }

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
