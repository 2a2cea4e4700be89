using System.Text.Json;
using Exchange.Cli;
using Exchange.Node.Agreements;
using Exchange.Node.Tests.Agreements;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf;
using Xunit;

namespace Exchange.Node.Tests.Cli;

/// <summary><c>exchange agreement</c></summary>
public sealed class AgreementCommandTests : IDisposable
{
    private static readonly byte[] Key = [1, 2, 3];

    private readonly TemporaryDirectory _directory = new();
    private readonly List<IMessage> _asked = [];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Propose_asks_for_the_profile_with_its_days_pairs_and_the_nodes_it_may_be_passed_on_to()
    {
        await File.WriteAllTextAsync(
            In("pairs.csv"), "sending_code,receiving_code,from_date,to_date\n530602,441900003,,\n530621,441900,2026-06-01,\n");

        var (exit, _) = await RunAsync(
            "propose", "--peer", "dongguan", "--profile", "city", "--role", "sending", "--pairs", In("pairs.csv"),
            "--from", "2026-03-10", "--to", "2026-12-31", "--may-pass-on-to", "yunnan", "--title", "劳务协作协议");

        Assert.Equal(ExitCode.Ok, exit);
        var asked = Assert.Single(_asked.OfType<ProposeAgreementRequest>()).Agreement;
        Assert.Equal(("zhaotong-dongguan", 0u, "劳务协作协议"), (asked.Id, asked.Version, asked.Title));
        Assert.Equal((10, 31), (asked.ValidFromDate.Day, asked.ValidToDate.Day));
        var flow = asked.Flows[0];
        Assert.Equal(["530602", "530621"], flow.DivisionPairs.Select(pair => pair.FromCode));
        Assert.Equal((null, 6), (flow.DivisionPairs[0].ValidFromDate, flow.DivisionPairs[1].ValidFromDate.Month));
        Assert.Equal(["yunnan"], flow.MayPassOnTo);
        Assert.Equal(["441900003", "441900"], asked.Flows[1].DivisionPairs.Select(pair => pair.FromCode));
    }

    [Fact]
    public async Task A_succession_names_the_agreement_that_is_held_with_the_node_before()
    {
        var (exit, _) = await RunAsync(
            "propose", "--peer", "greater-bay", "--profile", "city", "--role", "sending", "--succeeds", "dongguan");
        var (unknown, run) = await RunAsync(
            "propose", "--peer", "greater-bay", "--profile", "city", "--role", "sending", "--succeeds", "shanghai");

        Assert.Equal((ExitCode.Ok, ExitCode.Usage), (exit, unknown));
        var succession = Assert.Single(
            Assert.Single(_asked.OfType<ProposeAgreementRequest>()).Agreement.Successions);
        Assert.Equal(
            ("greater-bay", "dongguan", "zhaotong-dongguan"),
            (succession.ByNode, succession.Node, succession.AgreementId));
        Assert.Contains("No agreement with 'shanghai' is held here.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_end_tells_who_takes_the_partners_place()
    {
        var (exit, _) = await RunAsync(
            "end", "zhaotong-dongguan", "--on", "2026-11-30", "--succeeded-by", "greater-bay");
        await RunAsync("end", "zhaotong-dongguan", "--on", "2026-11-30");

        Assert.Equal(ExitCode.Ok, exit);
        Assert.Equal(["greater-bay", null], _asked.OfType<EndAgreementRequest>().Select(asked => asked.Heir?.ByNode));
    }

    [Theory]
    [InlineData("propose --peer dongguan", "Say what is to be agreed")]
    [InlineData("propose --peer dongguan --profile city --role sending --from 2026-02-30", "no day of the calendar")]
    [InlineData("end zhaotong-dongguan --on soon", "no day of the calendar")]
    [InlineData("end zhaotong-dongguan", "--on")]
    public async Task What_cannot_be_meant_is_a_usage_error_and_asks_nothing(string arguments, string expected)
    {
        var (exit, run) = await RunAsync(arguments.Split(' '));

        Assert.Equal(ExitCode.Usage, exit);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(_asked, message => message is ProposeAgreementRequest or EndAgreementRequest);
    }

    [Fact]
    public async Task A_table_of_pairs_without_its_header_is_refused()
    {
        await File.WriteAllTextAsync(In("pairs.csv"), "530602,441900003\n");

        var (exit, run) = await RunAsync(
            "propose", "--peer", "dongguan", "--profile", "city", "--role", "sending", "--pairs", In("pairs.csv"));

        Assert.Equal(ExitCode.Usage, exit);
        Assert.Contains("the line sending_code,receiving_code,from_date,to_date", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_says_in_words_who_gives_what_to_whom()
    {
        var (exit, run) = await RunAsync("show", "zhaotong-dongguan");

        Assert.Equal(ExitCode.Ok, exit);
        string[] expected =
        [
            "zhaotong-dongguan version 1: in force",
            "  from 2026-01-01 to 2026-12-31",
            $"  zhaotong (zhaotong): signed, key {KeyFingerprint.Of(Key)}",
            $"  dongguan (dongguan): signed, key {KeyFingerprint.Of(Key)}",
            "zhaotong gives to dongguan, for placement (projection city):",
            "  worker: only persons whom a placement event names together with dongguan",
            "  dongguan may pass nothing of it on",
            "dongguan gives to zhaotong, for placement (projection city):",
            "  vacancy: all of them",
        ];
        Assert.All(expected, line => Assert.Contains(line + "\n", run.Output, StringComparison.Ordinal));
        var fields = "name [as 王**], id_number [as 530***********001X], sex, birth_date (year)";
        Assert.Contains(fields, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_writes_the_terms_into_a_draft_for_the_next_version()
    {
        await RunAsync("show", "zhaotong-dongguan", "--draft", In("draft.json"));

        var (exit, _) = await RunAsync("propose", "--draft", In("draft.json"), "--from", "2026-04-01");

        Assert.Equal(ExitCode.Ok, exit);
        var asked = Assert.Single(_asked.OfType<ProposeAgreementRequest>()).Agreement;
        Assert.Equal((0u, 4, 2), (asked.Version, asked.ValidFromDate.Month, asked.Flows.Count));
        Assert.All(asked.Parties, party => Assert.Empty(party.PublicKey));
    }

    [Fact]
    public async Task A_version_is_one_json_object_for_programs()
    {
        var (_, run) = await RunAsync("show", "zhaotong-dongguan", "--json");

        var json = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal(("in-force", 1), (json.GetProperty("state").GetString(), json.GetProperty("version").GetInt32()));
        Assert.Equal("2026-12-31", json.GetProperty("validTo").GetString());
        Assert.Equal("zhaotong", json.GetProperty("terms").GetProperty("flows")[0].GetProperty("fromNode").GetString());
    }

    [Fact]
    public async Task A_file_that_holds_no_agreement_is_refused()
    {
        await File.WriteAllTextAsync(In("other.json"), "{ \"vacancies\": [] }");

        var (exit, run) = await RunAsync("accept", In("other.json"));

        Assert.Equal(ExitCode.Usage, exit);
        Assert.Contains("is no signed agreement", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accept_writes_what_both_signed_for_the_partner()
    {
        var (exit, _) = await RunAsync("accept", "zhaotong-dongguan", "--fingerprint", "1 2", "--out", In("both.json"));

        Assert.Equal(ExitCode.Ok, exit);
        var asked = Assert.Single(_asked.OfType<AcceptAgreementRequest>());
        Assert.Equal(("zhaotong-dongguan", "1 2", null), (asked.Id, asked.PartnerFingerprint, asked.Signed));
        var written = JsonParser.Default.Parse<SignedAgreement>(await File.ReadAllTextAsync(In("both.json")));
        Assert.Equal(Entry().Signed, written);
    }

    private string In(string name) => Path.Combine(_directory.Path, name);

    private async Task<(int Exit, CommandRun Run)> RunAsync(params string[] arguments)
    {
        var run = new CommandRun { Node = Node() };
        return (await run.RunAsync(["agreement", .. arguments]), run);
    }

    private FakeNode Node() => FakeNode.WithStatus()
        .On<ListAgreementsRequest>("ListAgreements", _ => new ListAgreementsResponse { Entries = { Entry() } })
        .On<GetAgreementRequest>("GetAgreement", _ => new GetAgreementResponse { Entry = Entry() })
        .On<ProposeAgreementRequest>("ProposeAgreement", request => Asked(
            request, new ProposeAgreementResponse { Entry = Entry() }))
        .On<AcceptAgreementRequest>("AcceptAgreement", request => Asked(
            request, new AcceptAgreementResponse { Entry = Entry() }))
        .On<EndAgreementRequest>("EndAgreement", request => Asked(request, new EndAgreementResponse { Entry = Entry() }));

    private IMessage Asked(IMessage request, IMessage answer)
    {
        _asked.Add(request);
        return answer;
    }

    private static AgreementEntry Entry()
    {
        var agreement = SampleAgreements.City();
        foreach (var party in agreement.Parties)
        {
            party.PublicKey = ByteString.CopyFrom(Key);
        }

        return new AgreementEntry
        {
            Agreement = agreement,
            State = AgreementState.InForce,
            Signed = new SignedAgreement
            {
                Agreement = agreement.ToByteString(),
                Signatures = { new NodeSignature { Node = "zhaotong" }, new NodeSignature { Node = "dongguan" } },
            },
        };
    }
}
