using System.Text.Json;
using Exchange.Node.Tests.Cli;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Xunit;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Tests.Imports;

/// <summary>
/// What an import leaves alone in a node, and how a ledger's members find their households. The numbers are the
/// standard's own examples.
/// </summary>
public sealed class ImportIntoNodeTests : IAsyncLifetime
{
    private const string Head = "11010519491231002X";
    private const string Member = "440524188001010014";

    private readonly TemporaryDirectory _directory = new();
    private TestNode _node = null!;

    public async Task InitializeAsync() => _node = await TestNode.StartAsync("zhaotong");

    public async Task DisposeAsync()
    {
        await _node.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Members_find_their_household_by_its_head_once_it_is_there()
    {
        var early = await ImportMembersAsync();
        var before = await WorkersAsync();
        await ImportAsync("village-ledger-households", $"认定年度,户主姓名,户主身份证号,户主电话,详细住址,是否属于易地扶贫搬迁户,"
            + $"安置点名称,是否残疾人,脱贫状态\n2014,张三,{Head},,某村,否,,否,已脱贫\n");

        var late = await ImportMembersAsync();

        var household = Assert.Single((await ListAsync("household")).Records);
        Assert.Equal((2, 0), (early.GetProperty("waiting").GetInt32(), late.GetProperty("waiting").GetInt32()));
        Assert.Equal(["", ""], before.Select(worker => worker.HouseholdId));
        Assert.Equal([household.Id, household.Id], (await WorkersAsync()).Select(worker => worker.HouseholdId));
    }

    [Fact]
    public async Task A_household_that_is_not_here_leaves_the_known_one_in_its_place()
    {
        const string Known = "019aa2b4-5c6d-7e8f-9012-3456789abcde";
        await PutAsync(new Worker { Name = "张三", IdNumber = Head, HouseholdId = Known });

        await ImportMembersAsync();

        Assert.Equal(Known, (await WorkersAsync()).Single(worker => worker.IdNumber == Head).HouseholdId);
    }

    [Fact]
    public async Task Fields_that_the_file_does_not_have_survive_and_mapped_ones_are_replaced()
    {
        await PutAsync(new Worker
        {
            Name = "张叁",
            IdNumber = Head,
            EthnicityCode = "06",
            Phone = "13900000000",
            Remark = "旧的",
            Skills = { new Skill { Occupation = new Occupation { Words = "制鞋" }, CertificateLevel = 3 } },
            Willingness = new Willingness { Kind = WillingnessKind.None, CannotLeaveWords = "照顾老人" },
        });

        await ImportMembersAsync();

        var worker = (await WorkersAsync()).Single(worker => worker.IdNumber == Head);
        Assert.Equal(("06", 3), (worker.EthnicityCode, Assert.Single(worker.Skills).CertificateLevel));
        Assert.Equal(
            new Willingness { Kind = WillingnessKind.Transfer, CannotLeaveWords = "照顾老人" }, worker.Willingness);
        Assert.Equal(("张三", "13800000000", ""), (worker.Name, worker.Phone, worker.Remark));
    }

    [Fact]
    public async Task A_message_that_the_file_leaves_empty_is_not_left_behind()
    {
        var household = new Household { HeadName = "张三", HeadIdNumber = Head, MemberCount = 4 };
        household.Relocation = new Relocation { Settlement = "幸福社区" };
        await PutAsync(household);

        await ImportAsync("village-ledger-households", $"认定年度,户主姓名,户主身份证号,户主电话,详细住址,是否属于易地扶贫搬迁户,"
            + $"安置点名称,是否残疾人,脱贫状态\n2014,张三,{Head},,某村,否,,否,已脱贫\n");

        var held = Assert.Single((await ListAsync("household")).Records).Payload.Unpack<Household>();
        Assert.Equal((null, 4), (held.Relocation, held.MemberCount));
    }

    [Theory]
    [InlineData("name", "household", Head, "references[0].field")]
    [InlineData("household_id", "wish", Head, "references[0].kind")]
    [InlineData("household_id", "vacancy", Head, "references[0].id_number")]
    [InlineData("household_id", "household", "5306", "references[0].id_number")]
    public async Task A_reference_that_can_name_nothing_is_refused_without_telling_the_number(
        string field, string kind, string number, string path)
    {
        var item = Item(new Worker { Name = "张三" });
        item.References.Add(new RecordReference { Field = field, Kind = kind, IdNumber = number });

        var answer = (await _node.Records.BatchPutRecordsAsync(new BatchPutRecordsRequest { Items = { item } })).Answers[0];

        Assert.StartsWith(path, answer.Error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(number, answer.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reference_by_external_key_finds_the_record_too()
    {
        var key = new ExternalKey { Source = "dongguan-hr", SourceId = "E-1" };
        var employer = Item(new Employer { Name = "华坚鞋厂" });
        employer.Record.ExternalKey = key;
        var id = (await PutAsync(employer)).Id;
        var vacancy = Item(new Vacancy
        {
            Title = "制鞋工",
            Status = VacancyStatus.Open,
            WorkPlace = new Place { Words = "东莞市" },
        });
        vacancy.References.Add(new RecordReference { Field = "employer_id", Kind = "employer", ExternalKey = key });

        await PutAsync(vacancy);

        Assert.Equal(id, Assert.Single((await ListAsync("vacancy")).Records).Payload.Unpack<Vacancy>().EmployerId);
    }

    private Task<JsonElement> ImportMembersAsync() => ImportAsync(
        "village-ledger",
        "户主姓名,户主证件号码,姓名,身份证号,电话,文化程度,就业创业状态,就创业意愿,劳动能力,培训教育状态,是否残疾人\n"
        + $"张三,{Head},张三,{Head},13800000000,初中,未就业创业,有转移就业意愿,普通劳动力,,否\n"
        + $"张三,{Head},李四,{Member},,高中,,,,,否\n");

    private async Task<JsonElement> ImportAsync(string profile, string text)
    {
        var file = Path.Combine(_directory.Path, $"{Guid.NewGuid()}.csv");
        await File.WriteAllTextAsync(file, text);
        var run = new CommandRun { Node = _node.Channel };
        var exit = await run.RunAsync(
            "import", file, "--profile", profile, "--column", "村编码=530627001001", "--legal-basis", "statutory-duty",
            "--json");
        Assert.True(exit == 0, run.Output + run.Error);
        return JsonDocument.Parse(run.Output).RootElement;
    }

    private Task<PutRecordAnswer> PutAsync(Google.Protobuf.IMessage payload) => PutAsync(Item(payload));

    private async Task<PutRecordAnswer> PutAsync(PutRecordItem item)
    {
        var response = await _node.Records.BatchPutRecordsAsync(new BatchPutRecordsRequest { Items = { item } });
        Assert.Null(response.Answers[0].Error);
        return response.Answers[0];
    }

    private static PutRecordItem Item(Google.Protobuf.IMessage payload) => new()
    {
        Record = new Record
        {
            Kind = payload.Descriptor.Name.ToLowerInvariant(),
            LegalBasis = new LegalBasis { Kind = LegalBasisKind.StatutoryDuty },
            Payload = Any.Pack(payload),
        },
    };

    private async Task<ListRecordsResponse> ListAsync(string kind) =>
        await _node.Records.ListRecordsAsync(new ListRecordsRequest { Kind = kind });

    private async Task<List<Worker>> WorkersAsync() =>
        [.. (await ListAsync("worker")).Records.Select(record => record.Payload.Unpack<Worker>())];
}
