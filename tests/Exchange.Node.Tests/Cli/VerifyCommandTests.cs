using System.Text.Json;
using Exchange.Cli;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Xunit;

namespace Exchange.Node.Tests.Cli;

/// <summary><c>exchange verify</c></summary>
public sealed class VerifyCommandTests
{
    private const string Id = "019aa2b4-0000-7000-8000-000000000001";

    [Fact]
    public async Task Verify_says_that_both_hold_the_same()
    {
        var run = new CommandRun { Node = Node(new SyncNowResponse { DigestsMatch = true, Recounted = true }) };

        var exit = await run.RunAsync("verify", "dongguan");

        Assert.Equal(ExitCode.Ok, exit);
        Assert.Equal("'dongguan' and this node hold the same, counted anew on both; 1.5 s.\n", run.Output);
    }

    [Fact]
    public async Task Verify_names_what_it_repaired_and_exits_0()
    {
        var run = new CommandRun { Node = Node(Repaired(isRepaired: true)) };

        var exit = await run.RunAsync("verify", "dongguan");

        Assert.Equal(ExitCode.Ok, exit);
        Assert.Contains("1 differences with 'dongguan' were found and repaired", run.Output, StringComparison.Ordinal);
        Assert.Contains(
            $"  vacancy {Id} at zhaotong: damaged-at-receiver, repaired\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_exits_7_when_something_couldnt_be_repaired()
    {
        var run = new CommandRun { Node = Node(Repaired(isRepaired: false)) };

        var exit = await run.RunAsync("verify", "dongguan", "--json");

        Assert.Equal(ExitCode.Unrepaired, exit);
        var report = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal("unrepaired", report.GetProperty("outcome").GetString());
        Assert.Equal(1, report.GetProperty("unrepaired").GetInt32());
        var repair = report.GetProperty("repairs")[0];
        Assert.Equal(Id, repair.GetProperty("id").GetString());
        Assert.Equal("damaged-at-receiver", repair.GetProperty("cause").GetString());
        Assert.False(repair.GetProperty("repaired").GetBoolean());
    }

    [Fact]
    public async Task Verify_with_a_partner_whose_software_cant_fails()
    {
        var run = new CommandRun { Node = Node(new SyncNowResponse { DigestsMatch = true }) };

        Assert.Equal(ExitCode.Failed, await run.RunAsync("verify", "dongguan"));
        Assert.Contains("its software is too old", run.Output, StringComparison.Ordinal);
    }

    private static SyncNowResponse Repaired(bool isRepaired) => new()
    {
        DigestsMatch = true,
        Recounted = true,
        RepairCount = 1,
        UnrepairedCount = isRepaired ? 0ul : 1,
        Repairs =
        {
            new SyncRepair
            {
                Kind = "vacancy",
                Id = Id,
                Cause = RepairCause.DamagedAtReceiver,
                Node = "zhaotong",
                Repaired = isRepaired,
            },
        },
    };

    private static FakeNode Node(SyncNowResponse answer) => new FakeNode().On<SyncNowRequest>("SyncNow", request =>
    {
        Assert.True(request.Verify);
        answer.Duration = Duration.FromTimeSpan(TimeSpan.FromSeconds(1.5));
        return answer;
    });
}
