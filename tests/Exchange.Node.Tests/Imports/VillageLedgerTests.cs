using Exchange.Node.Imports;
using Exchange.Node.Records;
using Exchange.V1;
using Google.Type;
using Xunit;

namespace Exchange.Node.Tests.Imports;

/// <summary>
/// The templates of a village's ledger, with the standard's own example numbers for people who don't exist.
/// </summary>
public sealed class VillageLedgerTests
{
    private const string Man = "11010519491231002X";
    private const string Woman = "440524188001010014";

    private const string Members =
        "*户主姓名,*户主证件号码,*姓名,*身份证号,*电话,*文化程度,就业创业状态,就创业意愿,劳动能力,培训教育状态,"
        + "培训教育意愿,是否残疾人,上学状态,备注\n";

    private const string Households =
        "认定年度,户主姓名,户主身份证号,户主电话,详细住址,是否属于易地扶贫搬迁户,安置点名称,是否残疾人,脱贫状态,备注\n";

    private static readonly ImportOptions Village = new()
    {
        Columns = new Dictionary<string, string> { ["村编码"] = "530627001001" },
    };

    [Fact]
    public async Task A_member_becomes_a_worker_whom_the_node_finds_by_the_number()
    {
        var row = Assert.Single(await ReadMembersAsync(
            $"张三,{Man},张三,１１０１０５１９４９１２３１００２ｘ,13800000000,初中,未就业创业,有转移就业意愿,普通劳动力,未参加培训,创业培训,否,,高血压\n"));

        var expected = new Worker
        {
            Name = "张三",
            IdNumber = Man,
            Sex = Sex.Female,
            BirthDate = new Date { Year = 1949, Month = 12, Day = 31 },
            RegisteredPlace = new Place { DivisionCode = "530627001001", Words = "云南省昭通市镇雄县乌峰街道" },
            Phone = "13800000000",
            RelationToHead = "户主",
            Schooling = new Schooling { Code = "70", Band = SchoolingBand.Junior, Words = "初中" },
            LabourCapacity = LabourCapacity.Ordinary,
            Willingness = new Willingness { Kind = WillingnessKind.Transfer },
            EmploymentStatus = EmploymentStatus.NotEmployed,
            TrainingWords = "未参加培训",
            Remark = "高血压；培训教育意愿：创业培训",
        };
        Assert.Equal(expected, row.Draft!.Payload);
        Assert.Null(row.Draft.ExternalKey);
        Assert.Equal("worker", row.Draft.Kind);
    }

    [Fact]
    public async Task Another_member_is_no_head_and_may_be_in_school_or_disabled()
    {
        var row = Assert.Single(await ReadMembersAsync($"张三,{Man},李四,{Woman},,高中,,,,,,是,上中学,\n"));

        var worker = Assert.IsType<Worker>(row.Draft!.Payload);
        Assert.Equal(("", new Disability()), (worker.RelationToHead, worker.Disability));
        Assert.Equal((EmploymentStatus.InSchool, "上学状态：上中学"), (worker.EmploymentStatus, worker.Remark));
    }

    [Fact]
    public async Task A_person_without_work_must_have_been_asked_and_words_must_be_known()
    {
        var row = Assert.Single(await ReadMembersAsync($"张三,{Man},张三,{Man},,博士,未就业创业,,,,,也许,,\n"));

        Assert.Equal(
            ["文化程度", "就创业意愿", "是否残疾人"],
            row.Errors.Select(error => error.Column).Distinct());
        Assert.Contains(
            row.Errors,
            error => error.Reason
                == "It is blank, and willingness.kind is required when 就业创业状态 is one of 未就业创业.");
    }

    [Theory]
    [InlineData("1.10105E+17", "A spreadsheet turned it into a number")]
    [InlineData("110105194912310021", "Its last character doesn't agree")]
    [InlineData("1101051949123", "It must have 18 characters")]
    [InlineData("110***********002X", "It is a masked copy")]
    [InlineData("", "It is blank, and id_number is required.")]
    public async Task A_number_that_is_none_is_one_error_and_never_mended(string number, string reason)
    {
        var row = Assert.Single(await ReadMembersAsync($"张三,{Man},张三,{number},,初中,,,,,,,,\n"));

        var error = Assert.Single(row.Errors);
        Assert.Equal(("身份证号", number), (error.Column, error.Value));
        Assert.StartsWith(reason, error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_number_of_the_old_form_stays_as_it_is()
    {
        var row = Assert.Single(await ReadMembersAsync("张三,,张三,110105491231002,,小学,,,,,,,,\n"));

        var worker = Assert.IsType<Worker>(row.Draft!.Payload);
        Assert.Equal(("110105491231002", 1949), (worker.IdNumber, worker.BirthDate.Year));
    }

    [Fact]
    public async Task A_file_that_does_not_say_its_village_is_refused()
    {
        var error = await Assert.ThrowsAsync<ProfileException>(
            () => ImportText.ReadAsync(MappingProfiles.Load("village-ledger"), Members));

        Assert.Contains("The column '村编码' is missing.", error.Errors);
    }

    [Theory]
    [InlineData("2014,张三,ID,,,是,幸福社区,是,已脱贫,", true, CardStatus.Poor, CardStatus.OutOfPoverty)]
    [InlineData("2014,张三,ID,,,否,,,返贫,", false, CardStatus.Poor, CardStatus.Returned)]
    [InlineData("2014,张三,ID,,,否,,,未脱贫,", false, CardStatus.Poor)]
    [InlineData("2019,张三,ID,,,否,,,新认定,", false, CardStatus.NewlyFound)]
    [InlineData(",张三,ID,,,否,,,已脱贫,", false, CardStatus.OutOfPoverty)]
    [InlineData("2014,张三,ID,,,否,,,,", false)]
    public async Task A_household_keeps_the_year_of_recognition_and_what_came_after(
        string cells, bool moved, params CardStatus[] history)
    {
        var row = Assert.Single(await ReadHouseholdsAsync(cells));

        var household = Assert.IsType<Household>(row.Draft!.Payload);
        Assert.Equal(history, household.CardStatusHistory.Select(entry => entry.Status));
        Assert.Equal(moved ? "幸福社区" : null, household.Relocation?.Settlement);
        Assert.Equal((Man, moved), (household.HeadIdNumber, household.HasDisabledMember));
        var today = new RuleContext(new DateOnly(2026, 1, 1), TestNode: false, "node");
        Assert.Empty(new RecordKinds().Find("household")!.Check(household, today));
    }

    [Fact]
    public async Task A_household_that_was_moved_names_its_settlement_and_says_yes_or_no()
    {
        var row = Assert.Single(await ReadHouseholdsAsync("2014,张三,ID,,,是,,,已脱贫,"));
        var other = Assert.Single(await ReadHouseholdsAsync("2014,张三,ID,,,也许,,,已脱贫,"));

        Assert.Equal("安置点名称", Assert.Single(row.Errors).Column);
        Assert.Equal("是否属于易地扶贫搬迁户", Assert.Single(other.Errors).Column);
    }

    private static Task<List<ImportRow>> ReadMembersAsync(string rows) =>
        ImportText.ReadAsync(MappingProfiles.Load("village-ledger"), Members + rows, Village);

    private static Task<List<ImportRow>> ReadHouseholdsAsync(string cells) => ImportText.ReadAsync(
        MappingProfiles.Load("village-ledger-households"),
        Households + cells.Replace("ID", Man, StringComparison.Ordinal) + "\n",
        Village);
}
