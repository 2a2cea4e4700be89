using System.Text.Json;
using Xunit;

namespace Exchange.EndToEnd.Tests;

/// <summary>Two nodes with an agreement: the first calls the second over a line.</summary>
internal sealed class TwoNodes : IAsyncDisposable
{
    private const string AnyPort = "https://127.0.0.1:0";

    private readonly TestFolder _folder;

    private TwoNodes(TestFolder folder, Line line, NodeProcess caller, NodeProcess answerer)
    {
        _folder = folder;
        Line = line;
        Caller = caller;
        Answerer = answerer;
    }

    public TestFolder Folder => _folder;

    public Line Line { get; }

    /// <summary>The prefecture, which sends workers and calls: <c>zhaotong</c>.</summary>
    public NodeProcess Caller { get; }

    /// <summary>Its partner: <c>yunnan</c> with the profile province, <c>dongguan</c> with the profile city.</summary>
    public NodeProcess Answerer { get; }

    /// <summary>The partner's id.</summary>
    public required string Partner { get; init; }

    /// <summary>Makes both, starts them and has both sign an agreement.</summary>
    public static async Task<TwoNodes> CreateAsync(string profile)
    {
        var partner = profile == "province" ? "yunnan" : "dongguan";
        var folder = new TestFolder();
        var line = new Line();
        var caller = await NodeProcess.CreateAsync(
            folder.In("zhaotong"), "zhaotong", AnyPort, "--peer", partner, "--peer-address", line.Address,
            "--mode", "nightly");
        var answerer = await NodeProcess.CreateAsync(
            folder.In(partner), partner, AnyPort, "--peer", "zhaotong", "--mode", "passive");
        line.Target = answerer.Address;
        await NodeProcess.IntroduceAsync(caller, answerer);
        await AgreeAsync(folder, caller, answerer, partner, profile);
        return new TwoNodes(folder, line, caller, answerer) { Partner = partner };
    }

    /// <summary>Generates records on a node.</summary>
    public static Task<JsonElement> GenerateAsync(NodeProcess node, string what, int count, int seed = 1) =>
        ExchangeProgram.JsonAsync("generate", "--data", node.Data, what, $"{count}", "--seed", $"{seed}");

    /// <summary>Runs a session that must succeed.</summary>
    public async Task<JsonElement> SyncAsync()
    {
        var session = await ExchangeProgram.JsonAsync("sync", Partner, "--data", Caller.Data);
        Assert.True(session.GetProperty("digestsMatch").GetBoolean());
        return session;
    }

    /// <summary>Starts the answering node again, and leads the line there.</summary>
    public async Task RestartAnswererAsync()
    {
        await Answerer.StartAsync();
        Line.Target = Answerer.Address;
    }

    private static async Task AgreeAsync(
        TestFolder folder, NodeProcess caller, NodeProcess answerer, string partner, string profile)
    {
        var (card, proposal, accepted) = (folder.In("card.json"), folder.In("proposal.json"), folder.In("accepted.json"));
        var theirs = await ExchangeProgram.JsonAsync("agreement", "card", "--data", answerer.Data, "--out", card);
        var ours = await ExchangeProgram.JsonAsync("agreement", "card", "--data", caller.Data);
        await ExchangeProgram.JsonAsync(
            "agreement", "propose", "--data", caller.Data, "--peer", partner, "--profile", profile, "--role", "sending",
            "--card", card, "--fingerprint", theirs.GetProperty("fingerprint").GetString()!, "--out", proposal);
        await ExchangeProgram.JsonAsync(
            "agreement", "accept", proposal, "--data", answerer.Data,
            "--fingerprint", ours.GetProperty("fingerprint").GetString()!, "--out", accepted);
        await ExchangeProgram.JsonAsync("agreement", "accept", accepted, "--data", caller.Data);
    }

    public async ValueTask DisposeAsync()
    {
        await Caller.DisposeAsync();
        await Answerer.DisposeAsync();
        await Line.DisposeAsync();
        _folder.Dispose();
    }
}
