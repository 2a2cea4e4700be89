using System.Text;
using Xunit;

namespace Exchange.EndToEnd.Tests;

/// <summary>Nothing personal stands in the clear in any file or log of a node.</summary>
public sealed class PrivacyTests
{
    [Fact]
    public async Task No_name_number_or_phone_stands_in_a_file_or_log_of_either_node()
    {
        await using var nodes = await TwoNodes.CreateAsync("province");
        await TwoNodes.GenerateAsync(nodes.Caller, "--workers", 150);
        await nodes.SyncAsync();
        Assert.Equal(150, await nodes.Answerer.CountAsync("worker"));
        var canaries = await CanariesAsync(nodes.Folder);
        await nodes.Caller.StopAsync();
        await nodes.Answerer.StopAsync();

        var texts = new[] { nodes.Caller, nodes.Answerer }
            .SelectMany(node => Files(node).Append((Name: "log", Bytes: Encoding.UTF8.GetBytes(node.Log))))
            .ToList();
        var found = from canary in canaries
                    let bytes = Encoding.UTF8.GetBytes(canary)
                    from text in texts
                    where text.Bytes.AsSpan().IndexOf(bytes) >= 0
                    select $"{text.Name} holds {canary}";

        Assert.True(canaries.Count > 400, $"Only {canaries.Count} canaries were made.");
        Assert.Empty(found);
    }

    [Fact]
    public async Task What_is_not_personal_is_found_by_the_same_search()
    {
        using var folder = new TestFolder();
        await using var node = await NodeProcess.CreateAsync(folder.In("n"), "dongguan");
        await TwoNodes.GenerateAsync(node, "--vacancies", 20);
        await node.StopAsync();

        var bytes = Encoding.UTF8.GetBytes("exchange-vacancies");

        Assert.Contains(Files(node), file => file.Bytes.AsSpan().IndexOf(bytes) >= 0);
    }

    // The same seed makes the same people, so a file of them tells what to look for.
    private static async Task<List<string>> CanariesAsync(TestFolder folder)
    {
        await ExchangeProgram.JsonAsync("generate", "--workers", "150", "--seed", "1", "--out", folder.In("files"));
        var lines = await File.ReadAllLinesAsync(folder.In("files/workers.csv"));
        var header = lines[0].TrimStart('\uFEFF').Split(',').ToList();
        string[] columns = ["姓名", "身份证号", "电话"];
        return
        [
            .. lines.Skip(1)
                .Select(line => line.Split(','))
                .SelectMany(cells => columns.Select(column => cells[header.IndexOf(column)]))
                .Where(cell => cell.Length > 0)
                .Distinct(),
        ];
    }

    private static IEnumerable<(string Name, byte[] Bytes)> Files(NodeProcess node) =>
        Directory.EnumerateFiles(node.Data, "*", SearchOption.AllDirectories)
            .Where(file => !file.StartsWith(Path.Combine(node.Data, "keys"), StringComparison.Ordinal))
            .Select(file => (file, File.ReadAllBytes(file)));
}
