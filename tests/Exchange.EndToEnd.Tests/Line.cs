using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Exchange.EndToEnd.Tests;

/// <summary>A line to a node: slow enough that something can happen on the way, and it can be cut.</summary>
internal sealed class Line : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closing = new();
    private readonly ConcurrentDictionary<TcpClient, byte> _open = new();
    private readonly Task _accepting;
    private volatile Standstill? _standstill;
    private long _carried;

    public Line()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where this end of the line is.</summary>
    public string Address => $"https://{_listener.LocalEndpoint}";

    /// <summary>Where the line leads.</summary>
    public Uri? Target { get; set; }

    /// <summary>How many bytes it carries in a second each way; 0 for no limit.</summary>
    public int BytesPerSecond { get; set; }

    /// <summary>How long everything is under way; a zero for no delay.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>Makes a tap for each way of each connection, which is shown every byte before it is carried on.</summary>
    public Func<Action<ReadOnlyMemory<byte>>>? NewTap { get; init; }

    /// <summary>
    /// Opens what the two ends say to each other, for a tap that is to read it; null for a line that carries bytes as they are.
    /// </summary>
    public Func<Stream, Stream, CancellationToken, Task<(Stream Near, Stream Far)>>? Open { get; init; }

    /// <summary>Bytes carried so far, both ways together.</summary>
    public long Carried => Interlocked.Read(ref _carried);

    /// <summary>
    /// Carries so many more bytes and then nothing until <see cref="GoOn"/>; completes once the line stands still. What
    /// happens at a standstill happens at that byte, however busy the machine is.
    /// </summary>
    public Task StandStillAfterAsync(long bytes)
    {
        var standstill = new Standstill(Carried + bytes);
        _standstill = standstill;
        return standstill.Reached.Task;
    }

    /// <summary>Ends a standstill.</summary>
    public void GoOn() => Interlocked.Exchange(ref _standstill, null)?.Ended.TrySetResult();

    /// <summary>Cuts everything that is on the line now; new calls go through.</summary>
    public void Cut()
    {
        foreach (var end in _open.Keys)
        {
            // No farewell: what isn't through by now never arrives. Its carrier may be closing it at the same time.
            try
            {
                if (end.Client is { } socket)
                {
                    socket.LingerState = new LingerOption(enable: true, seconds: 0);
                }
            }
            catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
            {
                // It is closed already.
            }

            end.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Stop();
        Cut();
        await _accepting;
        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = CarryAsync(await _listener.AcceptTcpClientAsync(_closing.Token));
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The line is being taken down.
        }
    }

    private async Task CarryAsync(TcpClient near)
    {
        using var far = new TcpClient();
        _open[near] = _open[far] = 0;
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, Target!.Port, _closing.Token);
            (Stream Near, Stream Far) ends = (near.GetStream(), far.GetStream());
            if (Open is { } open)
            {
                ends = await open(ends.Near, ends.Far, _closing.Token);
            }

            await Task.WhenAny(CopyAsync(ends.Near, ends.Far), CopyAsync(ends.Far, ends.Near));
        }
        catch (Exception gone) when (gone is OperationCanceledException or SocketException or ObjectDisposedException
            or IOException or AuthenticationException)
        {
            // Either end is gone; so is the line.
        }
        finally
        {
            _open.TryRemove(near, out _);
            _open.TryRemove(far, out _);
            near.Dispose();
        }
    }

    private async Task CopyAsync(Stream from, Stream to)
    {
        var buffer = new byte[8 * 1024];
        var tap = NewTap?.Invoke();
        while (await from.ReadAsync(buffer, _closing.Token) is > 0 and var read)
        {
            if (_standstill is { } standstill && Carried >= standstill.At)
            {
                standstill.Reached.TrySetResult();
                await standstill.Ended.Task.WaitAsync(_closing.Token);
            }

            tap?.Invoke(buffer.AsMemory(0, read));
            if (Latency > TimeSpan.Zero)
            {
                await Task.Delay(Latency, TimeProvider.System, _closing.Token);
            }

            await to.WriteAsync(buffer.AsMemory(0, read), _closing.Token);
            Interlocked.Add(ref _carried, read);
            if (BytesPerSecond > 0)
            {
                var pause = TimeSpan.FromSeconds((double)read / BytesPerSecond);
                await Task.Delay(pause, TimeProvider.System, _closing.Token);
            }
        }
    }

    private sealed record Standstill(long At)
    {
        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
