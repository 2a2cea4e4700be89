using System.Text.Json;
using Exchange.Cli;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Xunit;

namespace Exchange.Node.Tests.Cli;

/// <summary><c>exchange quarantine</c></summary>
public sealed class QuarantineCommandTests
{
    private const string Id = "019a0000-0000-7000-8000-0000000000aa";

    [Fact]
    public async Task List_tells_whose_list_it_is_and_what_is_waited_for()
    {
        var run = new CommandRun { Node = Node() };

        var exit = await run.RunAsync("quarantine", "list", "dongguan", "--side", "ours");

        Assert.Equal(ExitCode.Ok, exit);
        Assert.Equal(
            $"dongguan ours waiting vacancy {Id} since 1970-01-01 00:00:00Z: for employer/{Id}\n"
            + $"dongguan ours discarded vacancy {Id} since 1970-01-01 00:00:00Z: no home (by mistake)\n",
            run.Output);
    }

    [Fact]
    public async Task List_is_one_json_object_over_all_pages()
    {
        var run = new CommandRun { Node = Node() };

        await run.RunAsync("quarantine", "list", "dongguan", "--side", "ours", "--json");

        var items = JsonDocument.Parse(run.Output).RootElement.GetProperty("items");
        Assert.Equal(2, items.GetArrayLength());
        Assert.Equal($"employer/{Id}", items[0].GetProperty("missing")[0].GetString());
        Assert.Equal("by mistake", items[1].GetProperty("discardReason").GetString());
    }

    [Fact]
    public async Task A_side_that_isnt_one_does_nothing()
    {
        var run = new CommandRun { Node = new FakeNode() };

        Assert.Equal(ExitCode.Usage, await run.RunAsync("quarantine", "list", "--side", "both"));
    }

    [Fact]
    public async Task Retry_tells_what_was_applied_and_what_remains()
    {
        var run = new CommandRun { Node = Node() };

        Assert.Equal(ExitCode.Ok, await run.RunAsync("quarantine", "retry"));

        Assert.Equal("1 applied, 2 no longer waiting, 3 remain.\n", run.Output);
    }

    [Fact]
    public async Task Discard_needs_a_reason_and_refuses_what_may_still_be_applied()
    {
        var node = new FakeNode().On<DiscardQuarantinedRequest>("DiscardQuarantined", _ => throw FakeNode.Failure(
            StatusCode.FailedPrecondition, "ERROR_REASON_QUARANTINE_MAY_APPLY", "It waits."));
        var run = new CommandRun { Node = node };

        Assert.Equal(ExitCode.Usage, await run.RunAsync("quarantine", "discard", "dongguan", "vacancy", Id));
        Assert.Equal(
            ExitCode.Refused,
            await run.RunAsync("quarantine", "discard", "dongguan", "vacancy", Id, "--reason", "by mistake"));
    }

    private static FakeNode Node() => new FakeNode()
        .On<ListQuarantineRequest>("ListQuarantine", request =>
        {
            Assert.Equal(("dongguan", QuarantineSide.Ours), (request.Peer, request.Side));
            return request.PageToken.Length == 0
                ? new ListQuarantineResponse { Items = { Waiting() }, NextPageToken = "next" }
                : new ListQuarantineResponse { Items = { Discarded() } };
        })
        .On<RetryQuarantineRequest>("RetryQuarantine", _ => new RetryQuarantineResponse
        {
            AppliedCount = 1,
            CompletedCount = 2,
            RemainingCount = 3,
        });

    private static QuarantineItem Waiting() => new()
    {
        Peer = "dongguan",
        Side = QuarantineSide.Ours,
        Kind = "vacancy",
        Id = Id,
        Status = QuarantineStatus.Waiting,
        PutAsideTime = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch),
        Missing = { new MissingReference { Kind = "employer", Id = Id } },
    };

    private static QuarantineItem Discarded() => new()
    {
        Peer = "dongguan",
        Side = QuarantineSide.Ours,
        Kind = "vacancy",
        Id = Id,
        Status = QuarantineStatus.Discarded,
        Reason = ErrorReason.ChangeNotFromHome,
        Message = "no home",
        PutAsideTime = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch),
        DiscardReason = "by mistake",
    };
}
