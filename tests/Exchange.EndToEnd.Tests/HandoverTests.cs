using System.Globalization;
using System.Text.Json;
using Xunit;

namespace Exchange.EndToEnd.Tests;

/// <summary>
/// Three processes: a region, a city, and a node that takes the city's place on the next day, with its records.
/// </summary>
public sealed class HandoverTests : IAsyncLifetime
{
    private const string AnyPort = "https://127.0.0.1:0";

    private readonly TestFolder _folder = new();
    private readonly Line _toTown = new();
    private readonly Line _toSuccessor = new();
    private readonly Line _toRegion = new();
    private NodeProcess _region = null!;
    private NodeProcess _town = null!;
    private NodeProcess _successor = null!;

    public async Task InitializeAsync()
    {
        _region = await CreateAsync("zhaotong", "dongguan", _toTown);
        _town = await CreateAsync("dongguan", "greater-bay", _toSuccessor);
        _successor = await CreateAsync("greater-bay", "zhaotong", _toRegion);
        Lead();
        await NodeProcess.IntroduceAsync(_region, _town);
        await NodeProcess.IntroduceAsync(_region, _successor);
        await NodeProcess.IntroduceAsync(_town, _successor);
    }

    public async Task DisposeAsync()
    {
        foreach (var node in new[] { _region, _town, _successor })
        {
            await node.DisposeAsync();
        }

        foreach (var line in new[] { _toTown, _toSuccessor, _toRegion })
        {
            await line.DisposeAsync();
        }

        _folder.Dispose();
    }

    [LongFact]
    public async Task The_successor_takes_over_by_command_and_the_region_has_every_vacancy_from_it()
    {
        await AgreeAsync(_region, _town, "dongguan", "city");
        await AgreeAsync(_town, _successor, "greater-bay", "province");
        await TwoNodes.GenerateAsync(_town, "--vacancies", 30);
        var vacancies = await _town.CountAsync("vacancy");
        var records = vacancies + await _town.CountAsync("employer");
        await SyncAsync(_region, "dongguan");
        await SyncAsync(_town, "greater-bay");
        var (end, ended) = (_folder.In("end.json"), _folder.In("ended.json"));
        await JsonAsync(
            _region, "agreement", "end", "zhaotong-dongguan", "--on", Day(0), "--succeeded-by", "greater-bay", "--out", end);
        await JsonAsync(_town, "agreement", "accept", end, "--out", ended);
        await JsonAsync(_region, "agreement", "accept", ended);
        await AgreeAsync(_region, _successor, "greater-bay", "city", "--from", Day(1), "--succeeds", "dongguan");

        var early = await ExchangeProgram.RunAsync("agreement", "take-over", "dongguan", "--data", _successor.Data);
        await NextDayAsync();
        var taken = await JsonAsync(_successor, "agreement", "take-over", "dongguan");
        await SyncAsync(_successor, "zhaotong");
        await SyncAsync(_region, "dongguan");
        var again = await JsonAsync(_successor, "agreement", "take-over", "dongguan");
        await SyncAsync(_successor, "zhaotong");

        Assert.NotEqual(0, early.ExitCode);
        Assert.Contains("hasn't taken that node's place yet", early.Error, StringComparison.Ordinal);
        Assert.Equal((records, 0), (taken.GetProperty("taken").GetInt64(), taken.GetProperty("left").GetInt64()));
        Assert.Equal(0, again.GetProperty("taken").GetInt64());
        Assert.Equal(vacancies, await _region.CountAsync("vacancy"));
        Assert.Equal(vacancies, await _successor.CountAsync("vacancy"));
        var held = (await _region.StatusAsync()).GetProperty("peers").EnumerateArray().ToDictionary(
            peer => peer.GetProperty("node").GetString()!, peer => peer.GetProperty("held").GetInt64());
        Assert.Equal(records, held["greater-bay"]);
    }

    private Task<NodeProcess> CreateAsync(string id, string calls, Line line) => NodeProcess.CreateAsync(
        _folder.In(id), id, AnyPort, "--peer", calls, "--peer-address", line.Address, "--mode", "nightly");

    private async Task NextDayAsync()
    {
        foreach (var node in new[] { _region, _town, _successor })
        {
            await node.StopAsync();
            await node.StartAsync(TimeSpan.FromDays(1));
        }

        Lead();
    }

    private void Lead()
    {
        _toTown.Target = _town.Address;
        _toSuccessor.Target = _successor.Address;
        _toRegion.Target = _region.Address;
    }

    private async Task AgreeAsync(
        NodeProcess one, NodeProcess other, string partner, string profile, params string[] options)
    {
        var (card, proposal, accepted) = (_folder.In("card.json"), _folder.In("p.json"), _folder.In("a.json"));
        var theirs = await JsonAsync(other, "agreement", "card", "--out", card);
        var ours = await JsonAsync(one, "agreement", "card");
        await JsonAsync(
            one,
            [
                "agreement", "propose", "--peer", partner, "--profile", profile, "--role", "sending", "--card", card,
                "--fingerprint", Fingerprint(theirs), "--out", proposal, .. options,
            ]);
        await JsonAsync(
            other, "agreement", "accept", proposal, "--fingerprint", Fingerprint(ours), "--out", accepted);
        await JsonAsync(one, "agreement", "accept", accepted);
    }

    private static async Task SyncAsync(NodeProcess caller, string partner) =>
        Assert.True((await JsonAsync(caller, "sync", partner)).GetProperty("digestsMatch").GetBoolean());

    private static string Fingerprint(JsonElement card) => card.GetProperty("fingerprint").GetString()!;

    private static Task<JsonElement> JsonAsync(NodeProcess node, params string[] arguments) =>
        ExchangeProgram.JsonAsync([.. arguments, "--data", node.Data]);

    // Days of agreements are days in Asia/Shanghai.
    private static string Day(int after) => TimeProvider.System.GetUtcNow().ToOffset(TimeSpan.FromHours(8)).AddDays(after)
        .ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
