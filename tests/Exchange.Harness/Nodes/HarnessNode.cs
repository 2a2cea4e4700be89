using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Exchange.Cli.Client;
using Exchange.Cli.Setup;
using Exchange.EndToEnd.Tests;
using Exchange.Node.Hosting;

namespace Exchange.Harness.Nodes;

/// <summary>A node in a process of its own, and the line on which its clients call it.</summary>
internal sealed class HarnessNode : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly string _data;
    private readonly SmallDisk _disk;
    private Process? _process;
    private int _processId;

    private HarnessNode(string id, string data, SmallDisk disk)
    {
        (Id, _data, _disk) = (id, data, disk);
        Client = NodeConnection.Open(NodeAddress.Resolve(Clients.Address, Data));
    }

    public string Id { get; }

    /// <summary>The line of its clients, whose near end stays while the node comes and goes.</summary>
    public Line Clients { get; } = new();

    /// <summary>The line of the partner that calls it; null for a node that calls.</summary>
    public Line? Partner { get; init; }

    /// <summary>Calls over the clients' line.</summary>
    public NodeConnection Client { get; }

    /// <summary>Its files are on a file system of their own.</summary>
    public bool HasOwnDisk => _disk.IsMounted;

    /// <summary>The process is there; it may be stopped or of no use.</summary>
    public bool IsRunning => _process is { HasExited: false };

    private string Data => DataIn(_data);

    /// <summary>The data directory of a node, below a folder.</summary>
    public static DataDirectory DataIn(string folder, string id) => new(DataIn(Path.Combine(folder, id)));

    /// <summary>Makes a node; it doesn't run yet.</summary>
    public static async Task<HarnessNode> MakeAsync(
        string id, string folder, bool mayMount, string engine, NodeInitPeer peer, Line? partner)
    {
        var data = Path.Combine(folder, id);
        var node = new HarnessNode(id, data, await SmallDisk.MakeAsync(data, mayMount))
        {
            Partner = partner,
        };
        NodeSetup.Create(
            new DataDirectory(node.Data),
            new NodeInitRequest(id, id, "https://127.0.0.1:0", true, engine, [peer]),
            TimeProvider.System);
        return node;
    }

    /// <summary>Starts it with a clock that is wrong by so much, and returns once it serves.</summary>
    public async Task StartAsync(TimeSpan clock = default)
    {
        _process = Start(clock, "serve", "--data", Data, "--json", "--stop-with-input");
        _processId = _process.Id;
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
        var line = await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience)
            ?? throw new InvalidOperationException($"{Id} ended before it served. Its log in '{Data}' says why.");
        var address = new Uri(JsonDocument.Parse(line).RootElement.GetProperty("address").GetString()!);
        Clients.Target = address;
        if (Partner is not null)
        {
            Partner.Target = address;
        }
    }

    /// <summary>SIGKILL: nothing is flushed, nobody is told.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync().WaitAsync(Patience);
            process.Dispose();
            _process = null;
        }
    }

    /// <summary>SIGTERM; what doesn't end by itself within a while is killed.</summary>
    public async Task StopAsync()
    {
        _ = Kill(_processId, 15);
        try
        {
            await _process!.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(45));
        }
        catch (TimeoutException)
        {
            StopsThatHung++;
        }

        await KillAsync();
    }

    /// <summary>How often it had to be killed because it didn't stop.</summary>
    public int StopsThatHung { get; private set; }

    /// <summary>SIGSTOP.</summary>
    public void Freeze() => _ = Kill(_processId, 19);

    /// <summary>SIGCONT.</summary>
    public void Thaw() => _ = Kill(_processId, 18);

    public void FillDisk() => _disk.Fill(_processId);

    public void EmptyDisk() => _disk.Empty(_processId);

    /// <summary><c>exchange clock repair</c>, while the node doesn't run.</summary>
    public async Task RepairClockAsync()
    {
        using var repair = Start(TimeSpan.Zero, "clock", "repair", "--data", Data);
        var error = repair.StandardError.ReadToEndAsync();
        await repair.StandardOutput.ReadToEndAsync();
        await repair.WaitForExitAsync().WaitAsync(Patience);
        if (repair.ExitCode != 0)
        {
            throw new InvalidOperationException($"The clock of {Id} wasn't repaired: {await error}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await KillAsync();
        await Clients.DisposeAsync();
        await _disk.DisposeAsync();
    }

    private static string DataIn(string own) => Path.Combine(own, "node");

    private static Process Start(TimeSpan clock, params string[] arguments)
    {
        // This same program: its own executable, or the runtime with its assembly.
        var host = Environment.ProcessPath!;
        string[] own = Path.GetFileNameWithoutExtension(host) == "dotnet" ? [typeof(HarnessNode).Assembly.Location] : [];
        var start = new ProcessStartInfo(host, [.. own, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // Small batches and short patience, so that faults find something under way and are noticed within the run.
        start.Environment["EXCHANGE_Sync__Peers__0__BatchChanges"] = "5";
        start.Environment["EXCHANGE_Sync__Heartbeat"] = "00:00:02";
        start.Environment["EXCHANGE_Sync__IdleTimeout"] = "00:00:10";
        start.Environment[NodeProgram.ClockVariable] = ((int)clock.TotalMinutes).ToString(CultureInfo.InvariantCulture);
        return Process.Start(start)!;
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);
}
