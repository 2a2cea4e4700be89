using System.Text.Json;
using System.Xml.Linq;
using Exchange.Cli;
using Exchange.Cli.PartnerKit;
using Exchange.Node.Tests.Cli;
using Exchange.Testing;
using Xunit;

namespace Exchange.Node.Tests.PartnerKit;

/// <summary>What the command tells.</summary>
public sealed class CheckPartnerTests : IAsyncLifetime
{
    private CheckedPartner _partner = null!;

    public async Task InitializeAsync() => _partner = await CheckedPartner.StartAsync();

    public async Task DisposeAsync() => await _partner.DisposeAsync();

    [Fact]
    public async Task Verdicts_come_as_json_and_as_junit_and_the_exit_code_follows()
    {
        _partner.Breakage.Sent = frame =>
        {
            frame.Ack?.Waiting.Clear();
            return frame;
        };
        using var folder = new TemporaryDirectory();
        var junit = Path.Combine(folder.Path, "junit.xml");
        var run = new CommandRun();

        var exit = await run.RunAsync(
            "check-partner", _partner.Address.ToString(), "--data", _partner.KitPath, "--only", "quarantine", "--junit",
            junit, "--json");

        var report = JsonDocument.Parse(run.Output).RootElement;
        var (kept, broken) = (report.GetProperty("kept").GetInt32(), report.GetProperty("broken").GetInt32());
        Assert.Equal((ExitCode.Failed, 4, 1), (exit, kept, broken));
        var waiting = report.GetProperty("promises").EnumerateArray().Last();
        Assert.Equal("broken", waiting.GetProperty("verdict").GetString());
        Assert.Equal("docs/partners/sync.md#quarantine", waiting.GetProperty("read").GetString());
        var suite = XDocument.Load(junit).Root!.Element("testsuite")!;
        Assert.Equal(("5", "1"), (suite.Attribute("tests")!.Value, suite.Attribute("failures")!.Value));
        var failed = suite.Elements().Single(one => one.Element("failure") is not null);
        Assert.Equal("quarantine.waiting", failed.Attribute("name")!.Value);
    }

    [Fact]
    public async Task A_partner_that_isnt_there_and_one_that_knows_nothing_of_the_test_node_break_no_promise()
    {
        var run = new CommandRun();

        var nobody = await run.RunAsync("check-partner", "https://127.0.0.1:1", "--data", _partner.KitPath);
        await using var other = await CheckedPartner.StartAsync();
        var stranger = await run.RunAsync("check-partner", _partner.Address.ToString(), "--data", other.KitPath);

        Assert.Equal((ExitCode.Unreachable, ExitCode.Refused), (nobody, stranger));
        Assert.DoesNotContain("broken", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_promise_names_a_section_of_the_page_that_describes_it()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Exchange.sln")))
        {
            folder = folder.Parent!;
        }

        var headings = File.ReadLines(Path.Combine(folder.FullName, "docs", "partners", "sync.md"))
            .Where(line => line.StartsWith("## ", StringComparison.Ordinal))
            .Select(line => line[3..].ToLowerInvariant().Replace(' ', '-'))
            .ToHashSet();

        Assert.All(Promises.All, promise => Assert.Contains(promise.Section, headings));
    }
}
