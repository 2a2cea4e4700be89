using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Exchange.EndToEnd.Tests;

/// <summary>Three processes: a prefecture, its province that passes on, and a city.</summary>
public sealed class HubTests : IAsyncLifetime
{
    private const string AnyPort = "https://127.0.0.1:0";

    private readonly TestFolder _folder = new();
    private readonly Line _line = new();
    private NodeProcess _region = null!;
    private NodeProcess _hub = null!;
    private NodeProcess _city = null!;

    public async Task InitializeAsync()
    {
        _city = await NodeProcess.CreateAsync(
            _folder.In("dongguan"), "dongguan", AnyPort, "--peer", "yunnan", "--mode", "passive");
        _hub = await NodeProcess.CreateAsync(
            _folder.In("yunnan"), "yunnan", AnyPort,
            "--peer", "dongguan", "--peer-address", _city.Address.ToString(), "--mode", "nightly");
        _line.Target = _hub.Address;
        _region = await NodeProcess.CreateAsync(
            _folder.In("zhaotong"), "zhaotong", AnyPort,
            "--peer", "yunnan", "--peer-address", _line.Address, "--mode", "nightly");
        await NodeProcess.IntroduceAsync(_region, _hub);
        await NodeProcess.IntroduceAsync(_hub, _city);
        await AgreeAsync(_region, _hub, "yunnan", flow => flow["mayPassOnTo"] = new JsonArray("dongguan"));
        await AgreeAsync(_hub, _city, "dongguan", flow => flow["passesOnFrom"] = new JsonArray("zhaotong"));
    }

    public async Task DisposeAsync()
    {
        await _region.DisposeAsync();
        await _hub.DisposeAsync();
        await _city.DisposeAsync();
        await _line.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_a_prefecture_gives_reaches_the_city_and_its_erasure_is_complete_once_both_confirmed()
    {
        await TwoNodes.GenerateAsync(_region, "--workers", 40);
        await SyncAsync(_region, "yunnan");
        await _hub.KillAsync();
        await _hub.StartAsync();
        _line.Target = _hub.Address;
        await SyncAsync(_hub, "dongguan");
        await SyncAsync(_region, "yunnan");
        Assert.Equal(40, await _city.CountAsync("worker"));
        var worker = await WorkerAsync();
        var partners = (await JsonAsync(_region, "who-saw", worker)).GetProperty("partners");
        Assert.Equal("dongguan", partners[1].GetProperty("node").GetString());
        Assert.Equal("yunnan", partners[1].GetProperty("passedOnBy").GetString());

        await JsonAsync(_region, "subject", "erase", worker, "--reason", "request");
        await SyncAsync(_region, "yunnan");
        Assert.False(await IsCompleteAsync());
        await SyncAsync(_hub, "dongguan");
        await SyncAsync(_region, "yunnan");

        Assert.True(await IsCompleteAsync());
        Assert.Equal(39, await _city.CountAsync("worker"));
        var given = (await JsonAsync(_hub, "who-saw", worker, "--history")).GetProperty("given");
        Assert.Equal(
            [false, true], given.EnumerateArray().Select(view => view.GetProperty("withdrawn").GetBoolean()));
    }

    private async Task AgreeAsync(NodeProcess one, NodeProcess other, string partner, Action<JsonObject> change)
    {
        var theirs = await JsonAsync(other, "agreement", "card", "--out", _folder.In("card.json"));
        var ours = await JsonAsync(one, "agreement", "card");
        await JsonAsync(
            one, "agreement", "propose", "--peer", partner, "--profile", "province", "--role", "sending",
            "--card", _folder.In("card.json"), "--fingerprint", Fingerprint(theirs), "--out", _folder.In("1.json"));
        await AcceptAsync(one, other, "1", "--fingerprint", Fingerprint(ours));

        // The profile, and who may pass on to whom.
        var draft = _folder.In("draft.json");
        var id = one == _region ? "zhaotong-yunnan" : "yunnan-dongguan";
        await JsonAsync(one, "agreement", "show", id, "--draft", draft);
        var terms = JsonNode.Parse(await File.ReadAllTextAsync(draft))!;
        change(terms["flows"]![0]!.AsObject());
        await File.WriteAllTextAsync(draft, terms.ToJsonString());
        var today = TimeProvider.System.GetUtcNow().ToOffset(TimeSpan.FromHours(8))
            .ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        await JsonAsync(
            one, "agreement", "propose", "--draft", draft, "--from", today, "--out", _folder.In("2.json"));
        await AcceptAsync(one, other, "2");
    }

    private async Task AcceptAsync(NodeProcess one, NodeProcess other, string proposal, params string[] options)
    {
        var (file, accepted) = (_folder.In(proposal + ".json"), _folder.In(proposal + "-accepted.json"));
        await JsonAsync(other, ["agreement", "accept", file, "--out", accepted, .. options]);
        await JsonAsync(one, "agreement", "accept", accepted);
    }

    private async Task<string> WorkerAsync()
    {
        var seen = await ExchangeProgram.RunAsync(
            "watch", "records", "--kind", "worker", "--data", _region.Data, "--count", "1");
        Assert.StartsWith("+ worker ", seen.Output, StringComparison.Ordinal);
        return seen.Output.Split(' ')[2];
    }

    private async Task<bool> IsCompleteAsync() =>
        (await JsonAsync(_region, "subject", "erasures")).GetProperty("erasures")[0].GetProperty("complete").GetBoolean();

    private static async Task SyncAsync(NodeProcess caller, string partner) =>
        Assert.True((await JsonAsync(caller, "sync", partner)).GetProperty("digestsMatch").GetBoolean());

    private static string Fingerprint(JsonElement card) => card.GetProperty("fingerprint").GetString()!;

    private static Task<JsonElement> JsonAsync(NodeProcess node, params string[] arguments) =>
        ExchangeProgram.JsonAsync([.. arguments, "--data", node.Data]);
}
