using System.Text.Json;
using Exchange.Cli;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Xunit;

namespace Exchange.Node.Tests.Cli;

/// <summary><c>exchange sync</c></summary>
public sealed class SyncCommandTests
{
    [Fact]
    public async Task Sync_tells_what_the_session_did()
    {
        var run = new CommandRun { Node = Node(digestsMatch: true) };

        var exit = await run.RunAsync("sync", "dongguan");

        Assert.Equal(ExitCode.Ok, exit);
        Assert.Equal(
            "Synced with dongguan in 1.5 s, resuming a session that was cut: 7 changes sent, 1,200 received, "
            + "0 quarantined; digests agree.\n",
            run.Output);
    }

    [Fact]
    public async Task Sync_whose_digests_differ_fails_after_it_told_what_it_did()
    {
        var run = new CommandRun { Node = Node(digestsMatch: false) };

        var exit = await run.RunAsync("sync", "dongguan", "--json");

        Assert.Equal(ExitCode.Failed, exit);
        Assert.Equal(1200, JsonDocument.Parse(run.Output).RootElement.GetProperty("received").GetInt64());
        Assert.Contains("Their logs name the session s1", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sync_with_a_partner_that_is_away_exits_5_with_the_nodes_own_words()
    {
        var node = new FakeNode().On<SyncNowRequest>("SyncNow", _ => throw FakeNode.Failure(
            StatusCode.Unavailable, "ERROR_REASON_PEER_UNREACHABLE", "The partner 'dongguan' can't be reached."));
        var run = new CommandRun { Node = node };

        var exit = await run.RunAsync("sync", "dongguan");

        Assert.Equal(ExitCode.Unreachable, exit);
        Assert.Equal(
            "The partner 'dongguan' can't be reached. (UNAVAILABLE, ERROR_REASON_PEER_UNREACHABLE)\n", run.Error);
    }

    private static FakeNode Node(bool digestsMatch) => new FakeNode().On<SyncNowRequest>("SyncNow", request =>
    {
        Assert.Equal("dongguan", request.Peer);
        return new SyncNowResponse
        {
            SessionId = "s1",
            SentCount = 7,
            ReceivedCount = 1200,
            DigestsMatch = digestsMatch,
            Resumed = true,
            Duration = Duration.FromTimeSpan(TimeSpan.FromSeconds(1.5)),
        };
    });
}
