using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Exchange.Node.Hosting;
using Exchange.Node.Trust;
using Exchange.Testing;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using NodeService = Exchange.V1.NodeService;

namespace Exchange.Benchmarks.Syncing;

/// <summary>A node in a process of its own, so that its memory can be told.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly GrpcChannel _channel;

    private NodeProcess(Process process, string address, GrpcChannel channel, string token, TimeSpan start)
    {
        _process = process;
        Address = address;
        Start = start;
        _channel = channel;
        Channel = _channel.Intercept(headers => TestNode.WithToken(headers, token)).Intercept(new PatientClient());
    }

    public string Address { get; }

    /// <summary>From the start of the process to its first word that it serves.</summary>
    public TimeSpan Start { get; }

    public CallInvoker Channel { get; }

    public NodeService.NodeServiceClient Node => new(Channel);

    /// <summary>The most memory that the process has held, in bytes, as Linux counts it.</summary>
    public long PeakMemory => File.ReadLines($"/proc/{_process.Id}/status")
        .Where(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
        .Select(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture))
        .Single() << 10;

    /// <summary>Processor time that the process has used so far, of all its threads.</summary>
    public TimeSpan Processor
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts a node.</summary>
    /// <param name="data">Its directory.</param>
    /// <param name="called">The partners that it calls, in the order of its configuration.</param>
    public static async Task<NodeProcess> StartAsync(DataDirectory data, params NodeProcess[] called)
    {
        // The program as it is installed, compiled ahead, where it is named; otherwise the one of this build.
        var installed = Environment.GetEnvironmentVariable("EXCHANGE_PROGRAM");
        string[] program = installed is null ? ["dotnet", Path.Combine(AppContext.BaseDirectory, "exchange.dll")] : [installed];
        var watch = Stopwatch.StartNew();
        var start = new ProcessStartInfo(program[0], [.. program[1..], "serve", "--data", data.Path, "--json"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (i, peer) in called.Index())
        {
            start.Environment[$"EXCHANGE_Sync__Peers__{i}__Address"] = peer.Address;
        }

        var process = Process.Start(start)!;
        process.BeginErrorReadLine();
        var line = await process.StandardOutput.ReadLineAsync()
            ?? throw new InvalidOperationException("The node ended before it served.");
        var address = JsonDocument.Parse(line).RootElement.GetProperty("address").GetString()!;
        var own = TlsCertificate.Read(new ListenOptions().FilesIn(data));
        var channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler
            {
                SslOptions = TlsSettings.Client(null, shown => TlsCertificate.HashOf(shown).SequenceEqual(own.KeyHash)),
            },
            DisposeHttpClient = true,
        });
        return new NodeProcess(process, address, channel, File.ReadAllText(data.RunToken).Trim(), watch.Elapsed);
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        using (var stop = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await stop.WaitForExitAsync();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
