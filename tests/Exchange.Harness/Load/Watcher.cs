using System.Collections.Concurrent;
using Exchange.Cli.Client;
using Exchange.Testing.Histories;
using Grpc.Core;

namespace Exchange.Harness.Load;

/// <summary>
/// Watches a node over all its ends, resuming from its last token, and notes everything that it is told. It leaves by itself
/// now and then, so that resumptions fall between any two responses.
/// </summary>
internal sealed class Watcher(string name, WatchScope scope, Watcher.Subscribe subscribe, int seed)
{
    private readonly Random _dice = new(seed);
    private readonly List<WatchCall> _calls = [];
    private readonly ConcurrentDictionary<string, string> _held = new();
    private string _token = "";

    /// <summary>Opens a call: its responses with their tokens, read as long as it holds.</summary>
    public delegate IAsyncEnumerable<(string Token, Watched Item)> Subscribe(string token, CancellationToken cancellationToken);

    public string Name => name;

    /// <summary>What it holds now, by key.</summary>
    public IReadOnlyDictionary<string, string> Held => _held;

    /// <summary>Calls so far.</summary>
    public int Calls => _calls.Count;

    /// <summary>Responses so far.</summary>
    public long Told { get; private set; }

    /// <summary>What the node said that it never should.</summary>
    public List<string> Refused { get; } = [];

    /// <summary>Everything that it was told.</summary>
    public WatchHistory History => new(name, scope, [.. _calls]);

    public async Task RunAsync(CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            using var leave = CancellationTokenSource.CreateLinkedTokenSource(end);
            var patience = _dice.Next(4) == 0 ? _dice.Next(1, 60) : int.MaxValue;
            try
            {
                await ReadAsync(patience, leave);
            }
            catch (RpcException failure) when (failure.StatusCode == StatusCode.OutOfRange)
            {
                // Another history: what the new snapshot doesn't hold is dropped.
                _token = "";
            }
            catch (Exception failure) when (failure is RpcException or HttpRequestException or IOException
                or OperationCanceledException)
            {
                if (failure is RpcException { StatusCode: not StatusCode.Cancelled } refusal && !Transient.Is(refusal))
                {
                    Refused.Add($"{name}: {refusal.StatusCode} {refusal.Status.Detail}");
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(_dice.Next(50, 300)), TimeProvider.System, CancellationToken.None);
        }
    }

    private async Task ReadAsync(int patience, CancellationTokenSource leave)
    {
        var events = new List<Watched>();
        var isFresh = _token.Length == 0;
        if (isFresh)
        {
            _held.Clear();
        }

        _calls.Add(new WatchCall(isFresh ? null : WatchPoint.Read(_token), events));
        await foreach (var (token, item) in subscribe(_token, leave.Token))
        {
            events.Add(item);
            Told++;
            if (item.Kind == WatchedKind.Shown)
            {
                _held[item.Key] = item.Version;
            }
            else if (item.Kind == WatchedKind.Removed)
            {
                _held.TryRemove(item.Key, out _);
            }

            // After it was applied, never before.
            _token = token;
            if (--patience <= 0)
            {
                await leave.CancelAsync();
                return;
            }
        }
    }
}
