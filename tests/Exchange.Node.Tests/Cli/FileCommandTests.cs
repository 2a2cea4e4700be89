using System.Text.Json;
using Exchange.Cli;
using Exchange.Testing;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Cli;

/// <summary><c>exchange publish</c> and <c>exchange import</c>, as far as they go without a stream.</summary>
public sealed class FileCommandTests
{
    private const string Header =
        "岗位编号,岗位名称,用人单位,招聘人数,已招人数,月薪下限,月薪上限,包吃,包住,最低年龄,最高年龄,学历要求,职业编码,工种,"
        + "行业编码,工作地点编码,工作地点,班次,每周工时,合同,经验月数,残疾人专岗,状态,开始日期,截止日期,更新日期,岗位描述";

    [Theory]
    [InlineData("publish f.csv", "Name a mapping profile with --profile")]
    [InlineData("publish f.csv --profile nothing", "It is neither a file nor one of the profiles")]
    [InlineData("publish f.csv --profile village-ledger", "only vacancies are published. Use exchange import.")]
    [InlineData("publish f.csv --profile taiwanjobs --column 村编码", "'村编码' is no --column; write it as NAME=VALUE.")]
    [InlineData("import", "Name a file to import, or a batch to take back with --undo; not both.")]
    [InlineData("import f.csv --undo b", "Name a file to import, or a batch to take back with --undo; not both.")]
    public async Task A_command_that_cannot_work_is_explained_before_anything_is_sent(string arguments, string expected)
    {
        using var directory = new TemporaryDirectory();
        var file = Path.Combine(directory.Path, "f.csv");
        await File.WriteAllTextAsync(file, "a\n");
        var run = new CommandRun();

        var exit = await run.RunAsync(arguments.Replace("f.csv", file, StringComparison.Ordinal).Split(' '));

        Assert.Equal(ExitCode.Usage, exit);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_there_exits_3()
    {
        var run = new CommandRun();

        var exit = await run.RunAsync("publish", "/nowhere.csv", "--profile", "taiwanjobs", "--stream", "s");

        Assert.Equal(ExitCode.NotFound, exit);
        Assert.Equal("There is no file '/nowhere.csv'.\n", run.Error);
    }

    [Fact]
    public async Task Rejects_of_an_earlier_run_are_never_written_over()
    {
        using var directory = new TemporaryDirectory();
        var file = Path.Combine(directory.Path, "f.csv");
        await File.WriteAllTextAsync(file + ".rejects.csv", "kept");
        var run = new CommandRun();

        var exit = await run.RunAsync("publish", file, "--profile", "taiwanjobs");

        Assert.Equal(ExitCode.Usage, exit);
        Assert.Contains("is there already", run.Error, StringComparison.Ordinal);
        Assert.Equal("kept", await File.ReadAllTextAsync(file + ".rejects.csv"));
    }

    [Fact]
    public async Task What_the_node_refuses_in_a_dry_run_stands_in_the_rejects_beside_its_column()
    {
        using var directory = new TemporaryDirectory();
        var file = Path.Combine(directory.Path, "f.csv");
        await File.WriteAllTextAsync(file, $"{Header}\n{Row("V1", "制鞋工")}\n{Row("V2", "普工")}\n{Row("V3", "女工优先")}\n");
        var run = new CommandRun { Node = new FakeNode().On<BatchPutRecordsRequest>("BatchPutRecords", Check) };

        var exit = await run.RunAsync("publish", file, "--profile", "exchange-vacancies", "--dry-run", "--json");

        Assert.True(exit == ExitCode.RejectsPresent, run.Error);
        var report = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal(
            (3, 2, 1, 1, true),
            (report.GetProperty("rows").GetInt32(), report.GetProperty("accepted").GetInt32(),
                report.GetProperty("held").GetInt32(), report.GetProperty("rejected").GetInt32(),
                report.GetProperty("dryRun").GetBoolean()));
        var rejects = await File.ReadAllTextAsync(file + ".rejects.csv");
        Assert.Contains("岗位名称,普工,Write what the work is.", rejects, StringComparison.Ordinal);
    }

    private static string Row(string key, string title) =>
        $"{key},{title},某厂,3" + new string(',', 13) + "东莞市,,,,,,招聘中,,,,";

    private static BatchPutRecordsResponse Check(BatchPutRecordsRequest request)
    {
        var response = new BatchPutRecordsResponse();
        foreach (var (item, i) in request.Items.Select((item, i) => (item, i)))
        {
            Assert.True(item.ValidateOnly);
            var refusal = Errors.ErrorStatus.ToStatus(
                Errors.ExchangeException.Invalid("title", "Write what the work is."));
            var title = item.Record.Payload.Unpack<Vacancy>().Title;
            response.Answers.Add(new PutRecordAnswer
            {
                Number = (ulong)i + 1,
                Created = true,
                Error = title == "普工" ? refusal : null,
                HeldTerms = { new[] { title }.Where(one => one == "女工优先") },
            });
        }

        return response;
    }
}
