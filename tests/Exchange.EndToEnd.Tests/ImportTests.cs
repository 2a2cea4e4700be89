using Xunit;

namespace Exchange.EndToEnd.Tests;

/// <summary><c>exchange import</c>: refused rows are mended and sent again, and a batch can be taken back.</summary>
public sealed class ImportTests
{
    [Fact]
    public async Task Refused_rows_are_mended_and_imported_and_the_batches_taken_back()
    {
        using var folder = new TestFolder();
        await using var node = await NodeProcess.CreateAsync(folder.In("n"), "zhaotong");
        var (file, spoilt) = await SpoiltFileAsync(folder);

        var first = await ImportAsync(node, file, "first.csv", folder);
        Assert.Equal(4, first.ExitCode);
        Assert.Equal(200 - spoilt, first.Json.GetProperty("accepted").GetInt64());
        Assert.Equal(spoilt, first.Json.GetProperty("rejected").GetInt64());

        var rejects = await File.ReadAllTextAsync(folder.In("first.csv"));
        var mended = folder.In("mended.csv");
        await File.WriteAllTextAsync(mended, rejects.Replace("大概小学", "小学", StringComparison.Ordinal));
        var second = await ImportAsync(node, mended, "second.csv", folder);
        Assert.True(second.ExitCode == 0, second.ToString());
        Assert.Equal(200, await node.CountAsync("worker"));

        Assert.Equal(spoilt, await UndoAsync(node, second));
        Assert.Equal(200 - spoilt, await UndoAsync(node, first));
        Assert.Equal(0, await node.CountAsync("worker"));
    }

    [Fact]
    public async Task A_dry_run_tells_the_same_and_writes_nothing()
    {
        using var folder = new TestFolder();
        await using var node = await NodeProcess.CreateAsync(folder.In("n"), "zhaotong");
        var (file, spoilt) = await SpoiltFileAsync(folder);

        var dry = await ImportAsync(node, file, "dry.csv", folder, "--dry-run");

        Assert.Equal(4, dry.ExitCode);
        Assert.Equal(spoilt, dry.Json.GetProperty("rejected").GetInt64());
        Assert.Equal(0, await node.CountAsync("worker"));
    }

    [Fact]
    public async Task A_batch_that_never_was_is_not_found()
    {
        using var folder = new TestFolder();
        await using var node = await NodeProcess.CreateAsync(folder.In("n"), "zhaotong");

        var undo = await ExchangeProgram.RunAsync("import", "--undo", "20260101-000000-abcd", "--data", node.Data);

        Assert.Equal(3, undo.ExitCode);
    }

    // Some rows get a word for their schooling that no list knows.
    private static async Task<(string File, int Spoilt)> SpoiltFileAsync(TestFolder folder)
    {
        await ExchangeProgram.JsonAsync("generate", "--workers", "200", "--out", folder.In("files"));
        var lines = await File.ReadAllLinesAsync(folder.In("files/workers.csv"));
        var spoilt = 0;
        for (var i = 1; i < lines.Length && spoilt < 7; i++)
        {
            var before = lines[i];
            lines[i] = before.Replace(",小学,", ",大概小学,", StringComparison.Ordinal);
            spoilt += lines[i] == before ? 0 : 1;
        }

        Assert.Equal(7, spoilt);
        await File.WriteAllLinesAsync(folder.In("spoilt.csv"), lines);
        return (folder.In("spoilt.csv"), spoilt);
    }

    private static Task<CommandResult> ImportAsync(
        NodeProcess node, string file, string rejects, TestFolder folder, params string[] more) =>
        ExchangeProgram.RunAsync(
        [
            "import", file, "--profile", "village-ledger", "--data", node.Data, "--rejects", folder.In(rejects),
            "--legal-basis", "statutory-duty", "--json", .. more,
        ]);

    private static async Task<long> UndoAsync(NodeProcess node, CommandResult import)
    {
        var batch = import.Json.GetProperty("stream").GetString()!;
        var undone = await ExchangeProgram.JsonAsync("import", "--undo", batch, "--data", node.Data);
        Assert.Equal(0, undone.GetProperty("kept").GetInt64());
        return undone.GetProperty("deleted").GetInt64();
    }
}
