using System.Text.Json;
using Xunit;
using Xunit.Abstractions;

namespace Exchange.EndToEnd.Tests;

/// <summary>Two processes without a line between them exchange by files.</summary>
public sealed class BundleTests(ITestOutputHelper output)
{
    private const int Workers = 1500;

    [LongFact]
    public async Task What_files_brought_a_session_doesnt_bring_again_and_the_old_file_changes_nothing()
    {
        await using var nodes = await TwoNodes.CreateAsync("province");
        nodes.Line.Target = new Uri("https://127.0.0.1:1");
        var total = await GenerateAsync(nodes);
        var (bundle, answer) = (nodes.Folder.In("07.bundle"), nodes.Folder.In("07.answer"));

        var made = await ExportAsync(nodes, bundle);
        var shown = await ExchangeProgram.JsonAsync("bundle", "show", bundle);
        var taken = await ImportAsync(nodes.Answerer, bundle, "--answer", answer);
        var confirmed = await ImportAsync(nodes.Caller, answer);

        Assert.Equal(total, made.GetProperty("changes").GetInt64());
        Assert.Equal(made.GetProperty("id").GetString(), shown.GetProperty("id").GetString());
        Assert.Equal(("applied", total, true), (Outcome(taken), taken.GetProperty("applied").GetInt64(),
            taken.GetProperty("digestsMatch").GetBoolean()));
        Assert.Equal("confirmed", Outcome(confirmed));
        Assert.Equal(total, await HeldAsync(nodes));

        nodes.Line.Target = nodes.Answerer.Address;
        var session = await nodes.SyncAsync();
        var again = await ImportAsync(nodes.Answerer, bundle);

        Assert.Equal((0, 0), (session.GetProperty("sent").GetInt64(), session.GetProperty("received").GetInt64()));
        Assert.Equal(("nothingChanged", total), (Outcome(again), again.GetProperty("skipped").GetInt64()));
    }

    [LongFact]
    public async Task An_import_that_was_killed_is_completed_by_running_it_again()
    {
        await using var nodes = await TwoNodes.CreateAsync("province");
        var total = await GenerateAsync(nodes);
        var bundle = nodes.Folder.In("07.bundle");
        await ExportAsync(nodes, bundle);

        using var import = ExchangeProgram.Start("bundle", "import", bundle, "--data", nodes.Answerer.Data);
        while (!import.HasExited && await HeldAsync(nodes) == 0)
        {
            // Asking takes long enough not to hurry it.
        }

        await nodes.Answerer.KillAsync();
        await ExchangeProgram.EndAsync(import);
        await nodes.RestartAnswererAsync();
        var durable = await HeldAsync(nodes);
        output.WriteLine($"{durable} of {total} were durable at the kill");
        var taken = await ImportAsync(nodes.Answerer, bundle);

        Assert.InRange(durable, 1, total);
        Assert.Equal(total - durable, taken.GetProperty("applied").GetInt64());
        Assert.Equal(total, await HeldAsync(nodes));
        Assert.Empty(Directory.GetFiles(Path.Combine(nodes.Answerer.Data, "spool")));
        Assert.Equal(0, (await nodes.SyncAsync()).GetProperty("quarantined").GetInt64());
    }

    [LongFact]
    public async Task A_file_that_isnt_whole_and_one_for_somebody_else_are_refused_with_an_exit_code()
    {
        await using var nodes = await TwoNodes.CreateAsync("province");
        var bundle = nodes.Folder.In("07.bundle");
        await ExportAsync(nodes, bundle);
        var cut = nodes.Folder.In("cut.bundle");
        await File.WriteAllBytesAsync(cut, (await File.ReadAllBytesAsync(bundle))[..^10]);

        var shown = await ExchangeProgram.RunAsync("bundle", "show", cut);
        var refused = await ExchangeProgram.RunAsync("bundle", "import", cut, "--data", nodes.Answerer.Data);
        var foreign = await ExchangeProgram.RunAsync("bundle", "import", bundle, "--data", nodes.Caller.Data);
        var twice = await ExchangeProgram.RunAsync(
            "bundle", "export", nodes.Partner, "--out", bundle, "--data", nodes.Caller.Data);

        Assert.Equal((1, 6, 6, 2), (shown.ExitCode, refused.ExitCode, foreign.ExitCode, twice.ExitCode));
        Assert.Contains("BUNDLE_TRUNCATED", refused.Error, StringComparison.Ordinal);
        Assert.Contains("BUNDLE_NOT_FOR_THIS_NODE", foreign.Error, StringComparison.Ordinal);
    }

    private static async Task<long> GenerateAsync(TwoNodes nodes)
    {
        var accepted = (await TwoNodes.GenerateAsync(nodes.Caller, "--workers", Workers)).GetProperty("accepted");
        return accepted.GetProperty("worker").GetInt64() + accepted.GetProperty("household").GetInt64();
    }

    private static Task<JsonElement> ExportAsync(TwoNodes nodes, string path) => ExchangeProgram.JsonAsync(
        "bundle", "export", nodes.Partner, "--out", path, "--data", nodes.Caller.Data);

    private static Task<JsonElement> ImportAsync(NodeProcess node, string path, params string[] options) =>
        ExchangeProgram.JsonAsync(["bundle", "import", path, "--data", node.Data, .. options]);

    private static string Outcome(JsonElement import) => import.GetProperty("outcome").GetString()!;

    private static async Task<long> HeldAsync(TwoNodes nodes) =>
        await nodes.Answerer.CountAsync("worker") + await nodes.Answerer.CountAsync("household");
}
