using System.Text.Json;
using Xunit;

namespace Exchange.EndToEnd.Tests;

/// <summary>A node as a process keeps every promise of sync, as an operator of a partner would see it.</summary>
public sealed class CheckPartnerTests
{
    [Fact]
    public async Task A_node_keeps_every_promise()
    {
        using var folder = new TestFolder();
        await using var node = await NodeProcess.CreateAsync(folder.In("dongguan"), "dongguan");
        await TwoNodes.GenerateAsync(node, "--vacancies", 50);
        var (card, kit) = (folder.In("card.json"), folder.In("kit"));
        await ExchangeProgram.JsonAsync("peer", "card", "--data", node.Data, "--out", card);
        var made = await ExchangeProgram.JsonAsync("check-partner", "init", kit, "--card", card);
        var fingerprint = Of(made, "fingerprint");
        await ExchangeProgram.JsonAsync(
            "peer", "add", Of(made, "card"), "--fingerprint", fingerprint, "--data", node.Data);
        await ExchangeProgram.JsonAsync(
            "agreement", "accept", Of(made, "agreement"), "--fingerprint", fingerprint, "--data", node.Data);
        await ExchangeProgram.JsonAsync("agreement", "accept", Of(made, "agreementNext"), "--data", node.Data);

        var report = await ExchangeProgram.JsonAsync("check-partner", node.Address.ToString(), "--data", kit);

        var odd = report.GetProperty("promises").EnumerateArray()
            .Where(one => Of(one, "verdict") != "kept")
            .Select(one => $"{Of(one, "id")}: {Of(one, "came")}");
        Assert.Equal([], odd);
        Assert.Equal(48, report.GetProperty("kept").GetInt32());
    }

    private static string Of(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
