using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Exchange.EndToEnd.Tests;

/// <summary>Two offices agree by files, change what they agreed, and end it.</summary>
public sealed class AgreementTests : IAsyncLifetime
{
    private const string Id = "zhaotong-dongguan";

    private readonly TestFolder _folder = new();
    private NodeProcess _region = null!;
    private NodeProcess _town = null!;

    public async Task InitializeAsync()
    {
        _town = await NodeProcess.CreateAsync(
            _folder.In("dongguan"), "dongguan", "https://127.0.0.1:0", "--peer", "zhaotong");
        _region = await NodeProcess.CreateAsync(
            _folder.In("zhaotong"), "zhaotong", "https://127.0.0.1:0",
            "--peer", "dongguan", "--peer-address", _town.Address.ToString(), "--mode", "nightly");
        await NodeProcess.IntroduceAsync(_town, _region);
    }

    public async Task DisposeAsync()
    {
        await _region.DisposeAsync();
        await _town.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_was_proposed_and_accepted_by_files_lets_the_nodes_sync()
    {
        var before = await ExchangeProgram.RunAsync("sync", "dongguan", "--data", _region.Data);
        var taken = await AgreeAsync();

        Assert.Equal((6, true), (before.ExitCode, before.Error.Contains("ERROR_REASON_PEER_UNKNOWN", StringComparison.Ordinal)));
        Assert.Equal("in-force", taken.GetProperty("state").GetString());
        Assert.All(taken.GetProperty("parties").EnumerateArray(), party => Assert.True(party.GetProperty("signed").GetBoolean()));
        Assert.True((await SyncAsync()).GetProperty("digestsMatch").GetBoolean());
        await _region.StopAsync();
        await _region.StartAsync();
        Assert.True((await SyncAsync()).GetProperty("digestsMatch").GetBoolean());
    }

    [Fact]
    public async Task An_acceptance_without_the_partners_fingerprint_is_refused_and_shows_it()
    {
        var proposal = await ProposeFirstAsync();

        var refused = await ExchangeProgram.RunAsync("agreement", "accept", proposal, "--data", _town.Data);

        Assert.Equal(6, refused.ExitCode);
        Assert.Contains(await FingerprintAsync(_region), refused.Error, StringComparison.Ordinal);
        Assert.Equal("[]", (await RunAsync(_town, "show", "--json")).Output.Trim());
    }

    [Fact]
    public async Task A_narrower_version_from_tomorrow_is_good_beside_the_old_one_today()
    {
        await AgreeAsync();
        var proposal = await ProposeNarrowerAsync("--from", Day(1));
        var accepted = _folder.In("accepted.json");
        await JsonAsync(_town, "accept", proposal, "--out", accepted);
        await SyncAsync();

        var taken = await JsonAsync(_region, "accept", accepted);

        Assert.Equal("accepted", taken.GetProperty("state").GetString());
        Assert.True((await SyncAsync()).GetProperty("digestsMatch").GetBoolean());
        var peer = (await _region.StatusAsync()).GetProperty("peers")[0];
        Assert.Equal(
            ($"{Id}:1", 2), (peer.GetProperty("agreement").GetString(), peer.GetProperty("nextAgreementVersion").GetInt32()));
    }

    [Fact]
    public async Task A_version_that_only_one_side_holds_is_refused_with_both_versions_from_its_first_day_on()
    {
        await AgreeAsync();
        await JsonAsync(_town, "accept", await ProposeNarrowerAsync("--from", Day(0)));

        var refused = await ExchangeProgram.RunAsync("sync", "dongguan", "--data", _region.Data);

        Assert.Equal(6, refused.ExitCode);
        Assert.Contains($"'dongguan' holds agreement '{Id}' version 2 (", refused.Error, StringComparison.Ordinal);
        Assert.Contains("'zhaotong' holds 1 (", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_next_version_and_an_end_go_over_the_line()
    {
        await AgreeAsync();
        var ending = await JsonAsync(_region, "end", Id, "--on", Day(0));
        await JsonAsync(_region, "send", Id);
        await JsonAsync(_town, "accept", Id);

        var back = await JsonAsync(_region, "send", Id);

        Assert.Equal(("proposed", Day(0)), (ending.GetProperty("state").GetString(), ending.GetProperty("validTo").GetString()));
        Assert.Equal((2, "in-force"), (back.GetProperty("version").GetInt32(), back.GetProperty("state").GetString()));
        Assert.True((await SyncAsync()).GetProperty("digestsMatch").GetBoolean());
    }

    [Fact]
    public async Task A_file_that_was_changed_after_it_was_signed_is_shown_as_such_and_refused()
    {
        var proposal = await ProposeFirstAsync();
        var file = JsonNode.Parse(await File.ReadAllTextAsync(proposal))!;
        file["signatures"]![0]!["signature"] = file["agreement"]!.GetValue<string>();
        await File.WriteAllTextAsync(proposal, file.ToJsonString());

        var shown = await ExchangeProgram.RunAsync("agreement", "show", proposal);
        var refused = await RunAsync(_town, "accept", proposal, "--fingerprint", await FingerprintAsync(_region));

        Assert.Equal(1, shown.ExitCode);
        Assert.Contains("zhaotong (zhaotong): NOT SIGNED", shown.Output, StringComparison.Ordinal);
        Assert.Equal(6, refused.ExitCode);
        Assert.Contains("ERROR_REASON_AGREEMENT_SIGNATURE_INVALID", refused.Error, StringComparison.Ordinal);
    }

    private async Task<JsonElement> AgreeAsync()
    {
        var accepted = _folder.In("accepted-1.json");
        await JsonAsync(
            _town, "accept", await ProposeFirstAsync(), "--fingerprint", await FingerprintAsync(_region), "--out", accepted);
        return await JsonAsync(_region, "accept", accepted);
    }

    private async Task<string> ProposeFirstAsync()
    {
        var (card, proposal) = (_folder.In("dongguan.card.json"), _folder.In("proposal-1.json"));
        await JsonAsync(_town, "card", "--out", card);
        await JsonAsync(
            _region, "propose", "--peer", "dongguan", "--profile", "city", "--role", "sending", "--card", card,
            "--fingerprint", await FingerprintAsync(_town), "--out", proposal);
        return proposal;
    }

    private async Task<string> ProposeNarrowerAsync(params string[] options)
    {
        var (draft, proposal) = (_folder.In("draft.json"), _folder.In("proposal-2.json"));
        await JsonAsync(_region, "show", Id, "--draft", draft);
        var terms = JsonNode.Parse(await File.ReadAllTextAsync(draft))!;
        terms["flows"]![0]!["kinds"]![0]!["fields"]!.AsArray().RemoveAt(0);
        await File.WriteAllTextAsync(draft, terms.ToJsonString());
        await JsonAsync(_region, ["propose", "--draft", draft, "--out", proposal, .. options]);
        return proposal;
    }

    private static async Task<string> FingerprintAsync(NodeProcess node) =>
        (await JsonAsync(node, "card")).GetProperty("fingerprint").GetString()!;

    private Task<JsonElement> SyncAsync() => ExchangeProgram.JsonAsync("sync", "dongguan", "--data", _region.Data);

    private static Task<JsonElement> JsonAsync(NodeProcess node, params string[] arguments) =>
        ExchangeProgram.JsonAsync(["agreement", .. arguments, "--data", node.Data]);

    private static Task<CommandResult> RunAsync(NodeProcess node, params string[] arguments) =>
        ExchangeProgram.RunAsync(["agreement", .. arguments, "--data", node.Data]);

    // Days of agreements are days in Asia/Shanghai.
    private static string Day(int after) => TimeProvider.System.GetUtcNow().ToOffset(TimeSpan.FromHours(8)).AddDays(after)
        .ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
