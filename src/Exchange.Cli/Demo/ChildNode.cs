using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using Exchange.Cli.Client;

namespace Exchange.Cli.Demo;

/// <summary>A node in a process of its own, which ends with this one.</summary>
internal sealed class ChildNode : IAsyncDisposable
{
    private const int KeptLines = 20;

    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _log = new();
    private readonly TimeProvider _time;
    private bool _isDisposed;

    private ChildNode(Process process, TimeProvider time)
    {
        _process = process;
        _time = time;
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginErrorReadLine();
    }

    /// <summary>The calls to it.</summary>
    public NodeConnection Node { get; private set; } = null!;

    /// <summary>Starts <c>exchange serve</c> over a data directory and returns once it serves.</summary>
    /// <exception cref="CommandException">It ended before it served; the message holds what it said.</exception>
    public static async Task<ChildNode> StartAsync(
        string data,
        IReadOnlyDictionary<string, string> settings,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var process = Process.Start(Program(data, settings))
            ?? throw new CommandException(ExitCode.Failed, "The program couldn't start itself.");
        var child = new ChildNode(process, time);
        try
        {
            var line = await process.StandardOutput.ReadLineAsync(cancellationToken);
            using var announced = line is null ? null : JsonDocument.Parse(line);
            if (announced is null || !announced.RootElement.TryGetProperty("address", out _))
            {
                throw child.Died(data);
            }

            // It wrote where it serves, and what it shows, before it said so.
            child.Node = NodeConnection.Open(NodeAddress.Resolve(null, data));
            return child;
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the node's input, which stops it gracefully; returns its exit code.</summary>
    public async Task<int> StopAsync(CancellationToken cancellationToken)
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync(cancellationToken).WaitAsync(StopPatience, _time, cancellationToken);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        Node?.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    private static ProcessStartInfo Program(string data, IReadOnlyDictionary<string, string> settings)
    {
        // This same program: its own executable, or the runtime with its assembly.
        var host = Environment.ProcessPath!;
        var start = new ProcessStartInfo(host)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (Path.GetFileNameWithoutExtension(host).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
        {
            start.ArgumentList.Add(Assembly.GetExecutingAssembly().Location);
        }

        foreach (var argument in new[] { "serve", "--data", data, "--json", "--stop-with-input" })
        {
            start.ArgumentList.Add(argument);
        }

        // What the caller's environment sets for a node of its own isn't meant for this one.
        var inherited = start.Environment.Keys.Where(key => key.StartsWith("EXCHANGE_", StringComparison.Ordinal));
        foreach (var name in inherited.ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private CommandException Died(string data) => new(
        ExitCode.Failed, $"The node over '{data}' ended before it served. It said: {string.Join(" ", _log)}");

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _log.Enqueue(line);
            if (_log.Count > KeptLines)
            {
                _log.TryDequeue(out _);
            }
        }
    }
}
