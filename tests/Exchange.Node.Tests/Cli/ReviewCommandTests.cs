using System.Text.Json;
using Exchange.Cli;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Xunit;

namespace Exchange.Node.Tests.Cli;

/// <summary><c>exchange review</c></summary>
public sealed class ReviewCommandTests
{
    private const string Id = "019a0000-0000-7000-8000-0000000000aa";
    private const string Other = "019a0000-0000-7000-8000-0000000000bb";

    [Fact]
    public async Task Partial_list_goes_over_all_pages_and_passes_what_is_wanted()
    {
        var (text, json) = (new CommandRun { Node = Partial() }, new CommandRun { Node = Partial() });

        var exit = await text.RunAsync("review", "partial", "list", "dongguan", "--kind", "worker");
        await json.RunAsync("review", "partial", "list", "dongguan", "--kind", "worker", "--json");

        Assert.Equal(ExitCode.Ok, exit);
        Assert.Equal($"worker {Id} from dongguan\nworker {Other} from dongguan\n", text.Output);
        var records = JsonDocument.Parse(json.Output).RootElement.GetProperty("records");
        Assert.Equal(
            [Id, Other], records.EnumerateArray().Select(record => record.GetProperty("id").GetString()!));
    }

    [Fact]
    public async Task Partial_confirm_tells_the_etag()
    {
        var node = new FakeNode().On<ConfirmPartialRecordRequest>("ConfirmPartialRecord", request =>
        {
            Assert.Equal(("worker", Id), (request.Kind, request.Id));
            return new ConfirmPartialRecordResponse { Etag = "7@zhaotong" };
        });
        var (text, json) = (new CommandRun { Node = node }, new CommandRun { Node = node });

        await text.RunAsync("review", "partial", "confirm", "worker", Id);
        await json.RunAsync("review", "partial", "confirm", "worker", Id, "--json");

        Assert.Equal($"worker {Id} is whole.\n", text.Output);
        Assert.Equal("7@zhaotong", JsonDocument.Parse(json.Output).RootElement.GetProperty("etag").GetString());
    }

    [Fact]
    public async Task A_masked_record_isnt_confirmed_and_the_field_is_named()
    {
        var node = new FakeNode().On<ConfirmPartialRecordRequest>("ConfirmPartialRecord", _ => throw FakeNode.Failure(
            StatusCode.InvalidArgument, "ERROR_REASON_FIELD_INVALID", "1 field is wrong.", ("name", "It is masked.")));
        var run = new CommandRun { Node = node };

        var exit = await run.RunAsync("review", "partial", "confirm", "worker", Id);

        Assert.NotEqual(ExitCode.Ok, exit);
        Assert.Contains("name: It is masked.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Identity_list_tells_the_finding_and_what_was_settled_with_all()
    {
        var node = new FakeNode().On<ListIdentityReviewsRequest>("ListIdentityReviews", request =>
        {
            var page = new ListIdentityReviewsResponse { NextPageToken = request.PageToken == "" ? "two" : "" };
            page.Reviews.Add(request.PageToken == "" ? Review() : Settled(IdentityVerdict.SamePerson, "seen"));
            Assert.True(request.IncludeSettled);
            return page;
        });
        var (text, json) = (new CommandRun { Node = node }, new CommandRun { Node = node });

        await text.RunAsync("review", "identity", "list", "--all");
        await json.RunAsync("review", "identity", "list", "--all", "--json");

        Assert.Equal(
            $"{Id} same-number worker zhaotong/{Id} kunming/{Other} since 1970-01-01 00:00:00Z: open\n"
            + $"{Id} same-number worker zhaotong/{Id} kunming/{Other} since 1970-01-01 00:00:00Z: same-person (seen)\n",
            text.Output);
        var reviews = JsonDocument.Parse(json.Output).RootElement.GetProperty("reviews");
        Assert.False(reviews[0].TryGetProperty("verdict", out _));
        Assert.Equal("same-person", reviews[1].GetProperty("verdict").GetString());
    }

    [Fact]
    public async Task Identity_settle_takes_down_verdict_and_note()
    {
        var node = new FakeNode().On<SettleIdentityReviewRequest>("SettleIdentityReview", request =>
        {
            Assert.Equal(Id, request.Id);
            return new SettleIdentityReviewResponse { Review = Settled(request.Verdict, request.Note) };
        });
        var run = new CommandRun { Node = node };

        var exit = await run.RunAsync(
            "review", "identity", "settle", Id, "--verdict", "different-persons", "--note", "twins");

        Assert.Equal(ExitCode.Ok, exit);
        Assert.EndsWith(": different-persons (twins)\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settling_without_a_verdict_or_with_one_that_isnt_does_nothing()
    {
        var run = new CommandRun { Node = new FakeNode() };

        Assert.Equal(ExitCode.Usage, await run.RunAsync("review", "identity", "settle", Id));
        Assert.Equal(ExitCode.Usage, await run.RunAsync("review", "identity", "settle", Id, "--verdict", "perhaps"));
    }

    private static FakeNode Partial() => new FakeNode().On<ListPartialRecordsRequest>("ListPartialRecords", request =>
    {
        Assert.Equal(("worker", "dongguan"), (request.Kind, request.Peer));
        var isFirst = request.PageToken.Length == 0;
        return new ListPartialRecordsResponse
        {
            Records = { new PartialRecord { Kind = "worker", Id = isFirst ? Id : Other, Peer = "dongguan" } },
            NextPageToken = isFirst ? "two" : "",
        };
    });

    private static IdentityReview Review() => new()
    {
        Id = Id,
        Finding = IdentityFinding.SameNumber,
        Kind = "worker",
        Records =
        {
            new ReviewedRecord { Id = Id, HomeNode = "zhaotong" },
            new ReviewedRecord { Id = Other, HomeNode = "kunming" },
        },
        FoundTime = new Timestamp(),
    };

    private static IdentityReview Settled(IdentityVerdict verdict, string note)
    {
        var review = Review();
        (review.Verdict, review.Note, review.SettleTime) = (verdict, note, new Timestamp());
        return review;
    }
}
