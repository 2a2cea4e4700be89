using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace Exchange.EndToEnd.Tests;

/// <summary>What a city's developer starts with.</summary>
public sealed class SandboxTests
{
    [LongFact]
    public async Task It_has_a_token_for_each_role_and_a_partner_that_answers_and_goes_on_where_it_was()
    {
        using var folder = new TestFolder();
        var data = folder.In("sandbox");
        using (var process = ExchangeProgram.Start("sandbox", "--data", data, "--stop-with-input", "--json"))
        {
            var made = await ReadAsync(process);
            Assert.Equal(
                ["reader", "publisher", "desk", "auditor", "admin"],
                made.GetProperty("tokens").EnumerateObject().Select(token => token.Name));
            Assert.True(new Uri(made.GetProperty("address").GetString()!).IsLoopback);
            await IsAnsweredAsync(folder, made);
            await IsStoppedAsync(process);
        }

        using var again = ExchangeProgram.Start("sandbox", "--data", data, "--stop-with-input", "--json");
        Assert.False((await ReadAsync(again)).TryGetProperty("tokens", out _));
        await IsStoppedAsync(again);
    }

    // A vacancy that is published with the publisher's token is answered by a referral from the other side.
    private static async Task IsAnsweredAsync(TestFolder folder, JsonElement sandbox)
    {
        var token = folder.In("token");
        await File.WriteAllTextAsync(token, sandbox.GetProperty("tokens").GetProperty("publisher").GetString());
        var node = sandbox.GetProperty("data").GetString()!;
        await ExchangeProgram.JsonAsync("generate", "--vacancies", "3", "--seed", "7", "--data", node);
        var placements = 0L;
        for (var waiting = Stopwatch.StartNew(); placements == 0 && waiting.Elapsed < ExchangeProgram.Patience;)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            var status = await ExchangeProgram.JsonAsync("status", "--data", node);
            placements = status.GetProperty("records").TryGetProperty("placement_event", out var events)
                ? events.GetInt64()
                : 0;
        }

        Assert.True(placements > 0, "Nobody was referred.");
        await ExchangeProgram.JsonAsync(
            "watch", "vacancies", "--node", sandbox.GetProperty("address").GetString()!, "--token-file", token,
            "--certificate", sandbox.GetProperty("certificate").GetString()!, "--once");
    }

    private static async Task<JsonElement> ReadAsync(Process process)
    {
        var line = await process.StandardOutput.ReadLineAsync().WaitAsync(ExchangeProgram.Patience);
        return JsonDocument.Parse(line ?? "{}").RootElement;
    }

    private static async Task IsStoppedAsync(Process process)
    {
        process.StandardInput.Close();
        var end = await ExchangeProgram.EndAsync(process);
        Assert.True(end.ExitCode == 0, $"{end}");
    }
}
