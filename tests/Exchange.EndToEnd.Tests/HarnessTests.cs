using System.Diagnostics;
using Xunit;
using Xunit.Abstractions;

namespace Exchange.EndToEnd.Tests;

/// <summary>The short run of the fault harness; <c>tests/README.md</c> has the command of the long one.</summary>
public sealed class HarnessTests(ITestOutputHelper output)
{
    // A seed whose first half minute has kills, cuts, a full disk, a stopped process and a wrong clock in it.
    private const string Seed = "3";

    [SkippableFact]
    public async Task Two_nodes_keep_every_promise_while_they_are_killed_cut_off_stopped_filled_up_and_misled_by_clocks()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Faults are injected by signals and limits of Linux.");
        using var harness = Process.Start(new ProcessStartInfo(
            ExchangeProgram.Find("tests/Exchange.Harness", "Exchange.Harness"), ["--seconds", "30", "--seed", Seed])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

        var result = await ExchangeProgram.EndAsync(harness);

        output.WriteLine(result.ToString());
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("Everything held.", result.Output, StringComparison.Ordinal);
    }
}
