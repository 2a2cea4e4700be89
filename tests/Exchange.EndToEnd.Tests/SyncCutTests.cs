using Xunit;
using Xunit.Abstractions;

namespace Exchange.EndToEnd.Tests;

/// <summary>A line that is cut costs what was on it, and nothing more.</summary>
public sealed class SyncCutTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_sync_over_a_line_that_is_cut_again_and_again_arrives_whole()
    {
        var random = Seed.Begin(output);
        await using var nodes = await TwoNodes.CreateAsync("city");
        await TwoNodes.GenerateAsync(nodes.Caller, "--workers", 500);
        var accepted = (await TwoNodes.GenerateAsync(nodes.Answerer, "--vacancies", 6000)).GetProperty("accepted");
        nodes.Line.BytesPerSecond = 2_000_000;

        for (var cut = 0; cut < 4; cut++)
        {
            using var sync = ExchangeProgram.Start("sync", "dongguan", "--data", nodes.Caller.Data, "--json");
            var under = nodes.Line.StandStillAfterAsync(1 + random.Next(1_000_000));
            await Task.WhenAny(under, sync.WaitForExitAsync());
            nodes.Line.Cut();
            nodes.Line.GoOn();
            var ended = await ExchangeProgram.EndAsync(sync);
            Assert.True(ended.ExitCode is 5 or 0, ended.ToString());
        }

        nodes.Line.BytesPerSecond = 0;
        var vacancies = accepted.GetProperty("vacancy").GetInt64();
        var employers = accepted.GetProperty("employer").GetInt64();
        var durable = await nodes.Caller.CountAsync("vacancy") + await nodes.Caller.CountAsync("employer");
        var session = await nodes.SyncAsync();
        Assert.Equal(vacancies + employers - durable, session.GetProperty("received").GetInt64());
        Assert.Equal(vacancies, await nodes.Caller.CountAsync("vacancy"));
        Assert.Equal(0, await nodes.Answerer.CountAsync("worker"));
    }

    [Fact]
    public async Task An_unreachable_partner_is_named_and_the_next_sync_succeeds()
    {
        await using var nodes = await TwoNodes.CreateAsync("city");
        await nodes.Answerer.StopAsync();

        var failed = await ExchangeProgram.RunAsync("sync", "dongguan", "--data", nodes.Caller.Data);
        await nodes.RestartAnswererAsync();

        Assert.Equal(5, failed.ExitCode);
        Assert.Contains("dongguan", failed.Error, StringComparison.Ordinal);
        await nodes.SyncAsync();
    }

    [Fact]
    public async Task A_partner_that_is_none_is_refused()
    {
        await using var nodes = await TwoNodes.CreateAsync("city");

        var failed = await ExchangeProgram.RunAsync("sync", "atlantis", "--data", nodes.Caller.Data);

        Assert.Equal(6, failed.ExitCode);
        Assert.Contains("ERROR_REASON_FIELD_INVALID", failed.Error, StringComparison.Ordinal);
    }
}
