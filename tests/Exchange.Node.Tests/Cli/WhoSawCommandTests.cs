using System.Text.Json;
using Exchange.Cli;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Xunit;

namespace Exchange.Node.Tests.Cli;

/// <summary><c>exchange who-saw</c></summary>
public sealed class WhoSawCommandTests
{
    private const string Id = "019a0000-0000-7000-8000-0000000000aa";

    [Fact]
    public async Task Everything_is_told_in_words()
    {
        var run = new CommandRun { Node = Node() };

        var exit = await run.RunAsync("who-saw", Id, "--partners");

        Assert.Equal(ExitCode.Ok, exit);
        Assert.Equal(
            $"{Id}: 3 records at home here, given to 2 partners\n"
            + "  dongguan: worker as city:2 under zhaotong-dongguan, for placement\n"
            + "    name (masked), sex\n"
            + $"    {Id} sent 1970-01-01 00:00:00Z, confirmed; says: held, as registered\n"
            + "    019b taken back 1970-01-01 00:00:00Z, not confirmed; "
            + "says: held and in quarantine, NOT AS REGISTERED\n"
            + "  yunnan: worker as province:1 under zhaotong-yunnan\n"
            + "    which fields that were isn't known: the agreement's version is no longer held\n"
            + $"    {Id} sent 1970-01-01 00:00:00Z, confirmed\n"
            + "  yunnan gave no answer: Partner 'yunnan' can't be reached.\n",
            run.Output);
        Assert.Contains("4 records about this person have another home", run.Error, StringComparison.Ordinal);
        Assert.Contains("Household 019c has this person as its head", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_is_told_as_one_json_object()
    {
        var run = new CommandRun { Node = Node() };

        await run.RunAsync("who-saw", Id, "--partners", "--json");

        var answer = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal(3, answer.GetProperty("records").GetInt32());
        Assert.Equal("yunnan", answer.GetProperty("unreachable")[0].GetString());
        var view = answer.GetProperty("partners")[0].GetProperty("views")[0];
        Assert.Equal("city:2", view.GetProperty("projection").GetString());
        Assert.True(view.GetProperty("fields")[0].GetProperty("masked").GetBoolean());
        var record = view.GetProperty("records")[0];
        Assert.Equal("0000000000000007@zhaotong", record.GetProperty("version").GetString());
        Assert.Equal("held", record.GetProperty("holding").GetString());
        Assert.True(record.GetProperty("asRegistered").GetBoolean());
    }

    [Fact]
    public async Task Somebody_who_was_given_to_nobody_is_told_in_one_line_and_partners_are_asked_only_on_demand()
    {
        var node = new FakeNode().On<WhoSawRequest>("WhoSaw", request =>
        {
            Assert.False(request.IncludePartners);
            return new WhoSawResponse { SubjectId = request.SubjectId, RecordCount = 1 };
        });
        var run = new CommandRun { Node = node };

        Assert.Equal(ExitCode.Ok, await run.RunAsync("who-saw", Id));
        Assert.Equal($"{Id}: 1 records at home here, given to nobody\n", run.Output);
    }

    [Fact]
    public async Task Somebody_unknown_exits_3()
    {
        var node = new FakeNode().On<WhoSawRequest>("WhoSaw", _ => throw FakeNode.Failure(
            StatusCode.NotFound, "ERROR_REASON_RECORD_NOT_FOUND", "No subject has the id."));

        Assert.Equal(ExitCode.NotFound, await new CommandRun { Node = node }.RunAsync("who-saw", Id));
    }

    [Fact]
    public async Task What_a_partner_passed_on_names_the_partner()
    {
        var node = new FakeNode().On<WhoSawRequest>("WhoSaw", request => new WhoSawResponse
        {
            SubjectId = request.SubjectId,
            PassedOnCount = 2,
            Partners =
            {
                new DisclosurePartner
                {
                    Node = "dongguan",
                    PassedOnBy = "yunnan",
                    Views = { new DisclosedView { Kind = "worker", AgreementId = "a", Projection = "city:1" } },
                },
            },
        });
        var run = new CommandRun { Node = node };

        await run.RunAsync("who-saw", Id);

        Assert.Equal(
            $"{Id}: 0 records at home here, 2 passed on, given to 1 partner\n"
            + "  dongguan, passed on by yunnan: worker as city:1 under a\n"
            + "    which fields that were is known to yunnan\n",
            run.Output);
    }

    [Fact]
    public async Task The_history_is_read_page_by_page()
    {
        var node = new FakeNode().On<ListDisclosuresRequest>("ListDisclosures", request =>
        {
            var isFirst = request.PageToken.Length == 0;
            return new ListDisclosuresResponse
            {
                NextPageToken = isFirst ? "more" : "",
                Disclosures =
                {
                    new Disclosure
                    {
                        Node = "dongguan",
                        Kind = "worker",
                        Id = Id,
                        Version = new RecordVersion { Clock = 7, Node = "zhaotong" },
                        Revision = 1,
                        Withdrawn = !isFirst,
                        AgreementId = "zhaotong-dongguan",
                        Projection = "city:2",
                        SentTime = new Timestamp(),
                        Confirmed = isFirst,
                    },
                },
            };
        });
        var run = new CommandRun { Node = node };

        await run.RunAsync("who-saw", Id, "--history");

        Assert.Equal(
            $"dongguan: worker {Id} 0000000000000007@zhaotong/1 as city:2 under zhaotong-dongguan "
            + "1970-01-01 00:00:00Z, confirmed\n"
            + $"dongguan: worker {Id} 0000000000000007@zhaotong/1 taken back under zhaotong-dongguan "
            + "1970-01-01 00:00:00Z, not confirmed\n",
            run.Output);
    }

    private static FakeNode Node() => new FakeNode().On<WhoSawRequest>("WhoSaw", request =>
    {
        Assert.Equal((Id, true), (request.SubjectId, request.IncludePartners));
        return new WhoSawResponse
        {
            SubjectId = Id,
            RecordCount = 3,
            ForeignCount = 4,
            HouseholdIds = { "019c" },
            Unreachable = { "yunnan" },
            Partners =
            {
                new DisclosurePartner { Node = "dongguan", Views = { City() } },
                new DisclosurePartner
                {
                    Node = "yunnan",
                    Views =
                    {
                        new DisclosedView
                        {
                            Kind = "worker",
                            AgreementId = "zhaotong-yunnan",
                            AgreementVersion = 1,
                            Projection = "province:1",
                            Records = { Given(Id, confirmed: true) },
                        },
                    },
                    Error = new Google.Rpc.Status
                    {
                        Code = (int)StatusCode.Unavailable,
                        Message = "Partner 'yunnan' can't be reached.",
                    },
                },
            },
        };
    });

    private static DisclosedView City()
    {
        var held = Given(Id, confirmed: true);
        held.Holding = new Holding { State = HoldingState.Held };
        held.AsRegistered = true;
        var back = Given("019b", confirmed: false);
        back.Withdrawn = true;
        back.Holding = new Holding { State = HoldingState.Held, Quarantined = true };
        return new DisclosedView
        {
            Kind = "worker",
            AgreementId = "zhaotong-dongguan",
            AgreementVersion = 2,
            Projection = "city:2",
            Purpose = "placement",
            TermsKnown = true,
            Fields =
            {
                new DisclosedField { Path = "name", Mask = Mask.Name },
                new DisclosedField { Path = "sex" },
            },
            Records = { held, back },
        };
    }

    private static DisclosedRecord Given(string id, bool confirmed) => new()
    {
        Id = id,
        Version = new RecordVersion { Clock = 7, Node = "zhaotong" },
        Revision = 1,
        Confirmed = confirmed,
        SentTime = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch),
    };
}
