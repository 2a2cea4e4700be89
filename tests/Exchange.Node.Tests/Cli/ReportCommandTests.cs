using System.Text.Json;
using Exchange.Cli;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Cli;

/// <summary><c>exchange report</c></summary>
public sealed class ReportCommandTests
{
    [Fact]
    public async Task The_lines_are_printed_as_the_node_wrote_them()
    {
        var run = new CommandRun { Node = Node() };

        var exit = await run.RunAsync("report", "--day", "2026-03-02", "--lang", "en");

        Assert.Equal(ExitCode.Ok, exit);
        Assert.Equal("2026-3-2 En\ndongguan: all is well.\n", run.Output);
    }

    [Fact]
    public async Task Json_is_one_object()
    {
        var run = new CommandRun { Node = Node() };

        await run.RunAsync("report", "--day", "2026-03-02", "--json");

        var partners = JsonDocument.Parse(run.Output).RootElement.GetProperty("partners");
        Assert.Equal("FAULT_SIDE_LINE", partners[0].GetProperty("fault").GetString());
    }

    [Fact]
    public async Task What_is_no_day_is_a_wrong_command_line()
    {
        var run = new CommandRun { Node = Node() };

        Assert.Equal(ExitCode.Usage, await run.RunAsync("report", "--day", "yesterday"));
    }

    private static FakeNode Node() => new FakeNode().On<GetMorningReportRequest>(
        "GetMorningReport",
        request => new GetMorningReportResponse
        {
            Day = request.Day,
            Partners = { new PartnerReport { Node = "dongguan", Fault = FaultSide.Line } },
            Lines = { $"{request.Day.Year}-{request.Day.Month}-{request.Day.Day} {request.Language}", "dongguan: all is well." },
        });
}
