using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Exchange.EndToEnd.Tests;

/// <summary>A node over a data directory, which can be killed, stopped and started again.</summary>
internal sealed class NodeProcess(string data) : IAsyncDisposable
{
    private readonly StringBuilder _log = new();
    private Process? _process;

    public string Data => data;

    /// <summary>Where it serves since it was last started.</summary>
    public Uri Address { get; private set; } = new("https://127.0.0.1:1");

    /// <summary>What it wrote to standard error, over all its lives.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>Makes a node on a port that the system chooses anew at each start, and starts it.</summary>
    public static Task<NodeProcess> CreateAsync(string data, string id) =>
        CreateAsync(data, id, "https://127.0.0.1:0");

    /// <summary>Makes a node and starts it.</summary>
    public static async Task<NodeProcess> CreateAsync(string data, string id, string address, params string[] options)
    {
        await ExchangeProgram.JsonAsync(
            ["init", "--data", data, "--id", id, "--listen", address, "--test-node", .. options]);
        var node = new NodeProcess(data);
        await node.StartAsync();
        return node;
    }

    /// <summary>Starts it and returns once it serves.</summary>
    /// <param name="ahead">By how much its clock is ahead.</param>
    public async Task StartAsync(TimeSpan ahead = default)
    {
        string[] serve = ["serve", "--data", data, "--json"];
        _process = ahead == default ? ExchangeProgram.Start(serve) : ExchangeProgram.StartAhead(ahead, serve);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginErrorReadLine();
        var announced = await _process.StandardOutput.ReadLineAsync().WaitAsync(ExchangeProgram.Patience);
        Assert.True(announced?.Contains("address", StringComparison.Ordinal), $"It didn't serve: {announced} {Log}");
        Address = new Uri(JsonDocument.Parse(announced!).RootElement.GetProperty("address").GetString()!);
    }

    /// <summary>Ends it as a power cut would end the program: at once, with nothing flushed.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Stops it by SIGTERM; returns its exit code.</summary>
    public async Task<int> StopAsync()
    {
        ExchangeProgram.Terminate(_process!);
        await _process!.WaitForExitAsync().WaitAsync(ExchangeProgram.Patience);
        var exit = _process.ExitCode;
        _process.Dispose();
        _process = null;
        return exit;
    }

    /// <summary>Pins each other's certificates, as two operators do on the telephone.</summary>
    public static async Task IntroduceAsync(NodeProcess one, NodeProcess other)
    {
        await one.PinAsync(other);
        await other.PinAsync(one);
    }

    /// <summary>What the node tells of itself.</summary>
    public Task<JsonElement> StatusAsync() => ExchangeProgram.JsonAsync("status", "--data", data);

    /// <summary>Live records of a kind.</summary>
    public async Task<long> CountAsync(string kind)
    {
        var records = (await StatusAsync()).GetProperty("records");
        return records.TryGetProperty(kind, out var count) ? count.GetInt64() : 0;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await KillAsync();
        }
    }

    private async Task PinAsync(NodeProcess partner)
    {
        var card = Path.Combine(partner.Data, "card.json");
        var theirs = await ExchangeProgram.JsonAsync("peer", "card", "--data", partner.Data, "--out", card);
        await ExchangeProgram.JsonAsync(
            "peer", "add", card, "--data", data, "--fingerprint", theirs.GetProperty("fingerprint").GetString()!);
    }

    private void Keep(string? line)
    {
        lock (_log)
        {
            _log.AppendLine(line);
        }
    }
}
