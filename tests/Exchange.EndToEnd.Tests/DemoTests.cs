using System.Text.RegularExpressions;
using Xunit;

namespace Exchange.EndToEnd.Tests;

/// <summary>The newcomer's command.</summary>
public sealed partial class DemoTests
{
    [LongFact]
    public async Task The_demo_holds_all_its_checks_and_leaves_nothing_running()
    {
        var result = await ExchangeProgram.RunAsync("demo", "--json", "--workers", "500");

        Assert.True(result.ExitCode == 0, result.ToString());
        var report = result.Json;
        Assert.True(report.GetProperty("ok").GetBoolean());
        Assert.All(
            report.GetProperty("checks").EnumerateArray(), check => Assert.True(check.GetProperty("ok").GetBoolean()));
        Assert.Equal(480, report.GetProperty("withheld").GetInt64());
        Assert.Equal(20, report.GetProperty("crossed").GetInt64());
        foreach (Match address in Addresses().Matches(result.Error))
        {
            Assert.Equal(5, (await ExchangeProgram.RunAsync("status", "--node", address.Value)).ExitCode);
        }
    }

    [Fact]
    public async Task The_demo_without_its_file_fails_with_the_reason()
    {
        var result = await ExchangeProgram.RunAsync("demo", "--vacancies", "/nowhere.csv", "--profile", "h2b-fy2018");

        Assert.Equal(3, result.ExitCode);
        Assert.Contains("/nowhere.csv", result.Error, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"https://127\.0\.0\.1:\d+")]
    private static partial Regex Addresses();
}
