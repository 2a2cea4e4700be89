using System.Text.Json;
using Exchange.Cli;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Xunit;

namespace Exchange.Node.Tests.Cli;

/// <summary><c>exchange subject</c></summary>
public sealed class SubjectCommandTests
{
    private const string Id = "019a0000-0000-7000-8000-0000000000aa";

    [Fact]
    public async Task Erase_tells_what_was_erased_who_is_asked_and_who_else_must_be()
    {
        var run = new CommandRun { Node = Node() };

        var exit = await run.RunAsync("subject", "erase", Id, "--reason", "request", "--deadline-days", "3");

        Assert.Equal(ExitCode.Ok, exit);
        Assert.Equal(
            $"{Id} erased 1970-01-01 00:00:00Z, 2 records; partners until 1970-01-04 00:00:00Z: open (request)\n"
            + "  dongguan: 2 asked, 1 sent, 0 acknowledged\n",
            run.Output);
        Assert.Contains("1 records about this person have another home", run.Error, StringComparison.Ordinal);
        Assert.Contains("Household 019b still holds this person", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_prints_every_record_field_by_field_and_who_was_given_it()
    {
        var node = new FakeNode().OnStream<ShowSubjectRequest>("ShowSubject", Shown);
        var run = new CommandRun { Node = node };

        var exit = await run.RunAsync("subject", "show", Id, "--purpose", "request of 2026-03-01");

        Assert.Equal(ExitCode.Ok, exit);
        Assert.Contains($"record 1: worker {Id}, zhaotong, active\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("  name: 欧阳金丝雀\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("dongguan: worker as city:1", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name": "欧阳更正", "birthDate": {"year": 1990}}""", ExitCode.Ok)]
    [InlineData("""{"name": 欧阳更正}""", ExitCode.Usage)]
    [InlineData("""{"nickname": "欧阳更正"}""", ExitCode.Usage)]
    public async Task Correct_sends_the_fields_of_its_file_and_never_prints_them(string values, int expected)
    {
        CorrectSubjectRequest? sent = null;
        var node = new FakeNode().On<CorrectSubjectRequest>("CorrectSubject", request =>
        {
            sent = request;
            return new CorrectSubjectResponse { Id = request.SubjectId, Etag = "e", Partners = { "dongguan" } };
        });
        var run = new CommandRun { Node = node };
        using var directory = new Exchange.Testing.TemporaryDirectory();
        var file = Path.Combine(directory.Path, "values.json");
        await File.WriteAllTextAsync(file, values);

        var exit = await run.RunAsync("subject", "correct", Id, "--values", file, "--purpose", "request");

        Assert.Equal(expected, exit);
        Assert.Equal(expected == ExitCode.Ok ? ["name", "birth_date"] : null, sent?.UpdateMask.Paths);
        Assert.DoesNotContain("更正", run.Output + run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Erase_without_a_reason_does_nothing()
    {
        var run = new CommandRun { Node = new FakeNode() };

        Assert.Equal(ExitCode.Usage, await run.RunAsync("subject", "erase", Id));
    }

    [Fact]
    public async Task Erase_of_somebody_unknown_exits_3()
    {
        var node = new FakeNode().On<EraseSubjectRequest>("EraseSubject", _ => throw FakeNode.Failure(
            StatusCode.NotFound, "ERROR_REASON_RECORD_NOT_FOUND", "No subject has the id."));
        var run = new CommandRun { Node = node };

        Assert.Equal(ExitCode.NotFound, await run.RunAsync("subject", "erase", Id, "--reason", "request"));
    }

    [Fact]
    public async Task Restrict_and_lift_tell_how_many_records_changed()
    {
        var run = new CommandRun { Node = Node() };

        await run.RunAsync("subject", "restrict", Id);
        await run.RunAsync("subject", "lift", Id);

        Assert.Equal("4 records were frozen.\n3 records are active again.\n", run.Output);
    }

    [Fact]
    public async Task Erasures_are_one_json_object_over_all_pages()
    {
        var run = new CommandRun { Node = Node() };

        var exit = await run.RunAsync("subject", "erasures", "--open", "--json");

        Assert.Equal(ExitCode.Ok, exit);
        var erasures = JsonDocument.Parse(run.Output).RootElement.GetProperty("erasures");
        Assert.Equal(2, erasures.GetArrayLength());
        Assert.Equal(2, erasures[0].GetProperty("partners")[0].GetProperty("asked").GetInt32());
        Assert.False(erasures[0].GetProperty("complete").GetBoolean());
    }

    [Fact]
    public async Task One_erasure_can_be_asked_for()
    {
        var run = new CommandRun { Node = Node() };

        await run.RunAsync("subject", "erasures", Id);

        Assert.StartsWith(Id, run.Output, StringComparison.Ordinal);
    }

    private static FakeNode Node() => new FakeNode()
        .On<EraseSubjectRequest>("EraseSubject", request =>
        {
            Assert.Equal((Id, "request", 3), (request.SubjectId, request.Reason, request.DeadlineDays));
            return new EraseSubjectResponse { Erasure = Told(), ForeignCount = 1, HouseholdIds = { "019b" } };
        })
        .On<RestrictSubjectRequest>("RestrictSubject", _ => new RestrictSubjectResponse { ChangedCount = 4 })
        .On<LiftRestrictionRequest>("LiftRestriction", _ => new LiftRestrictionResponse { ChangedCount = 3 })
        .On<GetErasureRequest>("GetErasure", _ => new GetErasureResponse { Erasure = Told() })
        .On<ListErasuresRequest>("ListErasures", request => new ListErasuresResponse
        {
            Erasures = { Told() },
            NextPageToken = request is { OpenOnly: true, PageToken: "" } ? "next" : "",
        });

    private static Erasure Told() => new()
    {
        SubjectId = Id,
        EraseTime = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch),
        DeadlineTime = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch.AddDays(3)),
        Reason = "request",
        RecordCount = 2,
        Partners = { new ErasurePartner { Node = "dongguan", AskedCount = 2, SentCount = 1 } },
    };

    private static async IAsyncEnumerable<Google.Protobuf.IMessage> Shown(ShowSubjectRequest request)
    {
        await Task.Yield();
        yield return new ShowSubjectResponse
        {
            Summary = new SubjectSummary
            {
                SubjectId = request.SubjectId,
                Node = "zhaotong",
                ShowTime = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch),
                OwnCount = 1,
            },
        };
        yield return new ShowSubjectResponse
        {
            Record = new V1.Record
            {
                Kind = "worker",
                Id = request.SubjectId,
                HomeNode = "zhaotong",
                State = RecordState.Active,
                Payload = Any.Pack(new Worker { Name = "欧阳金丝雀" }),
            },
        };
        yield return new ShowSubjectResponse
        {
            Disclosed = new DisclosurePartner
            {
                Node = "dongguan",
                Views = { new DisclosedView { Kind = "worker", Projection = "city:1", AgreementId = "a" } },
            },
        };
    }
}
