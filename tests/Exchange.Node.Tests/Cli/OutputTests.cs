using Exchange.Cli.Output;
using Exchange.Testing;
using Xunit;

namespace Exchange.Node.Tests.Cli;

/// <summary>Where words go, and in what spelling.</summary>
public sealed class OutputTests
{
    [Theory]
    [InlineData("NotFound", "NOT_FOUND", "not-found")]
    [InlineData("Ok", "OK", "ok")]
    [InlineData("Stable3Months", "STABLE3_MONTHS", "stable3-months")]
    public void Names_are_spelt_for_the_wire_and_for_the_command_line(string name, string upper, string lower) =>
        Assert.Equal((upper, lower), (Names.Upper(name), Names.Lower(name)));

    [Fact]
    public void Progress_is_rewritten_on_a_terminal_ten_times_a_second_at_most()
    {
        var (terminal, time) = (new StringWriter(), new ManualTime());
        var line = new ProgressLine(terminal, time, "rows");

        line.Add(1);
        time.Advance(TimeSpan.FromSeconds(1));
        line.Add(1999);
        line.Add(1);
        line.Dispose();

        Assert.Equal("\r\e[Krows: 2,000 (2,000/s)\r\e[K", terminal.ToString());
    }

    [Fact]
    public void Nothing_of_progress_gets_into_a_pipe()
    {
        var run = new CommandRun();

        using (var line = new CommandOutput(run.Environment, json: false).Progress("rows"))
        {
            line.Add(1);
        }

        Assert.Equal("", run.Output + run.Error);
    }

    [Fact]
    public async Task Progress_is_shown_to_whoever_looks_while_the_result_goes_into_a_file()
    {
        using var directory = new TemporaryDirectory();
        var run = new CommandRun { ShowsProgress = true };

        var exit = await run.RunAsync("generate", "--workers", "10", "--out", directory.Path, "--json");

        Assert.Equal(0, exit);
        Assert.EndsWith("\r\e[K", run.Error, StringComparison.Ordinal);
        Assert.StartsWith("{", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_keeps_Chinese_readable_and_leaves_out_what_is_absent()
    {
        var json = CommandOutput.ToJson(new { Name = "昭通", Count = 1, Gone = (string?)null });

        Assert.Equal("""{"name":"昭通","count":1}""", json);
    }
}
